"""The terminal, and the environment variables that change what nnlab does."""

import dataclasses
import difflib
import os
import sys
from collections.abc import Collection

from nnlab import experiments
from nnlab.doctor.check import Result
from nnlab.options import variable_name

OWN = "NNLAB_"
OWN_VARIABLES = ("NNLAB_DATA", "NNLAB_OFFLINE")
OTHERS = (
    *("CUDA_VISIBLE_DEVICES", "OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS"),
    *("XDG_CACHE_HOME", "MPLCONFIGDIR", "PYTHONUTF8", "NO_COLOR", "FORCE_COLOR"),
)


def terminal() -> Result:
    """Report width, colour and encoding of stdout."""
    from rich.console import Console

    console = Console()
    colour = f"{console.color_system} colour" if console.color_system else "no colour"
    kind = f"{console.width} columns, {colour}" if console.is_terminal else "not a terminal"
    encoding = (sys.stdout.encoding or "unknown").lower()
    text = f"{kind}, encoding {encoding}"
    if encoding.replace("-", "") != "utf8":
        advice = "set PYTHONUTF8=1 or a UTF-8 locale; texts and translations need more characters"
        return Result("warning", text, advice)
    return Result("ok", text)


def environment(variables: Collection[str] = ()) -> Result:
    """List the variables that are set; warn of NNLAB_ variables that nothing reads.

    Args:
        variables: Names that are read besides those of experiments.
    """
    own = sorted(name for name in os.environ if name.startswith(OWN))
    shown = [f"{name}={_shown(name)}" for name in (*own, *OTHERS) if name in os.environ]
    text = ", ".join(shown) or "no variable that nnlab uses is set"
    known = {*OWN_VARIABLES, *_of_options(), *variables}
    unread = [name for name in own if name not in known]
    if unread:
        advice = "; ".join(_advice(name, known) for name in unread)
        return Result("warning", f"{text}; nothing reads {', '.join(unread)}", advice)
    return Result("ok", text)


def _shown(name: str) -> str:
    """Return the value of a variable, unless it is a secret: people paste this into messages."""
    return "(not shown)" if name.endswith("TOKEN") else os.environ[name]


def _advice(name: str, known: set[str]) -> str:
    close = difflib.get_close_matches(name, sorted(known), n=1)
    return f"rename {name} to {close[0]}" if close else f"unset {name}"


def _of_options() -> set[str]:
    return {
        variable_name(experiment.name, field.name)
        for experiment in experiments.usable()
        for options in (experiment.Config, experiment.Query)
        for field in dataclasses.fields(options)
    }
