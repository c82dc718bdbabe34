"""Python, the packages that nnlab requires, drawing, and text recognition."""

import platform
import shlex
import sys
from collections.abc import Collection
from pathlib import Path
from tempfile import TemporaryDirectory

import nnlab
from nnlab import experiments, programs, versions
from nnlab.doctor.check import Result
from nnlab.errors import CheckpointError
from nnlab.plots.style import house_style


def python() -> Result:
    """Report the Python version, the system, and where nnlab was imported from."""
    here = Path(nnlab.__file__).parent
    system = f"{sys.executable} on {platform.platform()}"
    return Result("ok", f"Python {platform.python_version()}, {system}; nnlab from {here}")


def packages() -> Result:
    """Compare the installed packages with those that nnlab requires."""
    installed = versions.required()
    if not installed:
        advice = "install it with: pip install . (in its source folder)"
        return Result("warning", "nnlab is not installed; its requirements are unknown", advice)
    unmet = versions.unmet()
    if unmet:
        needed = ", ".join(f"{wanted} (here: {version})" for wanted, version in unmet.items())
        return Result("failed", f"nnlab needs {needed}", f"pip install {shlex.join(unmet)}")
    listed = ", ".join(f"{name} {version}" for name, version in installed.items())
    return Result("ok", f"nnlab {versions.own()}, {listed}")


def other_packages(commands: Collection[str]) -> Result:
    """Check the experiments that other packages bring.

    Args:
        commands: Names of nnlab's own commands, which hide experiments of the same name.
    """
    brought = experiments.of_other_packages()
    faults = {name: fault for name in brought if (fault := _fault(name, commands))}
    if faults:
        text = "; ".join(faults.values())
        return Result("warning", text, "update or uninstall the package; all others work")
    return Result("ok", f"usable: {', '.join(brought)}" if brought else "none is installed")


def _fault(name: str, commands: Collection[str]) -> str:
    if name in commands or experiments.is_own(name):
        return f"experiment {name!r} has the name of a command of nnlab, which hides it"
    try:
        experiments.get(name)
    except CheckpointError as error:
        return str(error)
    return ""


@house_style()
def figures() -> Result:
    """Draw a small figure into a PNG file and check that there is ink on it."""
    import matplotlib

    from nnlab.datasets.images.picture_files import read_picture
    from nnlab.plots import style

    figure = style.new_figure(2, 2)
    style.style_axes(figure.subplots(), "A figure", "x", "y")
    with TemporaryDirectory(prefix="nnlab-doctor-") as folder:
        path = Path(folder) / "figure.png"
        style.save(figure, path)
        grey = read_picture(path)
    if grey.min() > 128:
        return Result(
            "failed", "the figure came out blank", "pip install --force-reinstall matplotlib"
        )
    return Result("ok", f"matplotlib {matplotlib.__version__} draws PNG in {_font()}")


def _font() -> str:
    from matplotlib.font_manager import FontProperties, findfont, get_font

    return get_font(findfont(FontProperties())).family_name


def text_recognition() -> Result:
    """Look for the program that measures how well cleaned pages can be read."""
    from nnlab.metrics.reading import PROGRAM

    path = programs.path_of(PROGRAM)
    without = "not installed; optional: denoise needs it to measure how well pages can be read"
    return Result("ok", path or without)
