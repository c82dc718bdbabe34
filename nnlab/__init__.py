"""Classic neural-network experiments, measured honestly.

From Python, a checkpoint answers as it does from the shell, with NumPy alone:

    >>> import nnlab
    >>> nnlab.load("runs/classify/1/best.h5").answer(["data/examples/7.png"])
    [{'input': 'data/examples/7.png', 'label': '7', 'probability': 0.99..., ...}]
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nnlab.runs.answering import Trained as Trained
    from nnlab.runs.answering import load as load

__all__ = ["Trained", "load"]


def __getattr__(name: str) -> Any:
    """Import on first use, so that `nnlab --help` need not pay for it."""
    if name in __all__:
        from nnlab.runs import answering

        return getattr(answering, name)
    raise AttributeError(f"module 'nnlab' has no attribute {name!r}")
