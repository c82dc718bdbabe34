"""Python, the packages that nnlab stands on, and what draws and reads pages."""

import platform
import shlex
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import nnlab
from nnlab import programs, versions
from nnlab.doctor.check import Result


def python() -> Result:
    """Say which Python this is, on which system, and where nnlab was imported from."""
    here = Path(nnlab.__file__).parent
    system = f"{sys.executable} on {platform.platform()}"
    return Result("ok", f"Python {platform.python_version()}, {system}; nnlab from {here}")


def packages() -> Result:
    """Compare the packages that are here with those that nnlab requires."""
    here = versions.required()
    if not here:
        advice = "install it with: pip install . (in the folder of its source)"
        return Result("warning", "nnlab is not installed; its requirements are unknown", advice)
    unmet = versions.unmet()
    if unmet:
        came = ", ".join(f"{wanted}, here {version}" for wanted, version in unmet.items())
        return Result("failed", f"nnlab needs {came}", f"pip install {shlex.join(unmet)}")
    named = ", ".join(f"{name} {version}" for name, version in here.items())
    return Result("ok", f"nnlab {versions.own()}, {named}")


def figures() -> Result:
    """Draw a small figure into a PNG file and look whether there is ink on it."""
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
    return Result("ok", f"matplotlib {matplotlib.__version__} draws PNG, in {_font()}")


def _font() -> str:
    from matplotlib.font_manager import FontProperties, findfont, get_font

    return get_font(findfont(FontProperties())).family_name


def text_recognition() -> Result:
    """Look for the program that tells how well cleaned pages can be read."""
    from nnlab.metrics.reading import PROGRAM

    path = programs.path_of(PROGRAM)
    return Result("ok", path or "not here; optional: denoise then leaves out how well pages read")
