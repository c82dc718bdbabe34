"""Classic neural-network experiments, with baselines and confidence intervals.

Python can train, score and compare networks as the shell can (see `nnlab.api`). A checkpoint
answers without TensorFlow:

    >>> import nnlab
    >>> nnlab.load("runs/classify/1/best.h5").answer(["data/examples/7.png"])
    [{'input': 'data/examples/7.png', 'label': '7', 'probability': 0.99..., ...}]
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nnlab.api import Group as Group
    from nnlab.api import Run as Run
    from nnlab.api import compare as compare
    from nnlab.api import evaluate as evaluate
    from nnlab.api import open_group as open_group
    from nnlab.api import open_run as open_run
    from nnlab.api import train as train
    from nnlab.runs.answering import Trained as Trained
    from nnlab.runs.answering import load as load

_ANSWERING = ("Trained", "load")
__all__ = ["Group", "Run", "Trained"]
__all__ += ["compare", "evaluate", "load", "open_group", "open_run", "train"]


def __getattr__(name: str) -> Any:
    """Import on first use, so that `nnlab --help` stays fast."""
    if name in _ANSWERING:
        from nnlab.runs import answering

        return getattr(answering, name)
    if name in __all__:
        from nnlab import api

        return getattr(api, name)
    if name == "errors":
        return importlib.import_module("nnlab.errors")
    if name == "__version__":
        from nnlab import versions

        return versions.own()
    raise AttributeError(f"module 'nnlab' has no attribute {name!r}")


def __dir__() -> list[str]:
    """Return what is public, also before its first use."""
    return sorted({*globals(), *__all__, "errors", "__version__"})
