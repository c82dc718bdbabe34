"""Which files are to be cleaned, and where each result goes: no file is ever lost by it."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from nnlab.datasets.images.picture_files import SUFFIXES, picture_files
from nnlab.errors import DataError, NnlabError, OutputExistsError, UsageError
from nnlab.experiments.denoise.writing import BITONAL, FORMATS
from nnlab.files import reason

STREAM = "-"
READ_SUFFIXES = (*SUFFIXES, ".pdf")
MARK = ".clean"
"""Before the suffix of a result that stands beside its page."""


@dataclass(frozen=True)
class Job:
    """A picture file to clean.

    Attributes:
        source: The file; None stands for stdin.
        target: The file to write; None stands for stdout.
    """

    source: Path | None
    target: Path | None

    @property
    def name(self) -> str:
        """What to call the source."""
        return "stdin" if self.source is None else str(self.source)

    def kind(self, found: str) -> str:
        """Return the format to write, such as "png": the target's, else `found`, the source's."""
        suffix = "" if self.target is None else self.target.suffix.lower()
        own = "" if self.source is None else self.source.suffix.lower()
        kind = suffix.removeprefix(".")
        return found if kind not in FORMATS and suffix in ("", MARK, own) else kind


def plan(
    inputs: Iterable[str], output: str | None, force: bool, *, binarize: bool = False
) -> list[Job | NnlabError]:
    """Decide what is to be read and written, in the order of the inputs.

    Args:
        inputs: Picture files and folders of them; "-" stands for stdin.
        output: A file for a single picture; a folder for several, which need not exist yet; "-"
            for stdout; None for files beside the pictures, noisy.clean.png beside noisy.png.
        force: Whether to replace files that exist.
        binarize: Name a png where the format of a picture has no 1 bit per pixel.

    Returns:
        Jobs; for what cannot be done, the reason.

    Raises:
        UsageError: Inputs and output do not fit together.
    """
    given = list(inputs)
    if given.count(STREAM) > 1:
        raise UsageError("stdin can be read only once; give - only once")
    sources = [source for one in given for source in _sources(one, beside=output is None)]
    several = len(given) > 1 or any(_is_folder(one) for one in given)
    if output == STREAM:
        if several:
            raise UsageError("-o - takes only one image; for several, name a folder: -o FOLDER/")
        return [one if isinstance(one, NnlabError) else Job(one, None) for one in sources]
    folder = _folder(output, several)
    inside = {source.resolve() for source in sources if isinstance(source, Path)}
    taken: set[Path] = set()
    return [
        one
        if isinstance(one, NnlabError)
        else _checked(one, _target(one, output, folder, binarize), folder, force, inside, taken)
        for one in sources
    ]


def _is_folder(given: str) -> bool:
    try:
        return given != STREAM and Path(given).is_dir()
    except OSError:  # the name is too long, which `_sources` reports
        return False


def _sources(given: str, beside: bool) -> Iterator[Path | NnlabError | None]:
    """Yield the files that an input stands for; of a folder not those that were made here."""
    if given == STREAM:
        yield None
        return
    try:
        files = picture_files(given, READ_SUFFIXES)
    except NnlabError as error:
        yield error
        return
    for path in files:
        if not (beside and path != Path(given) and path.stem.endswith(MARK)):
            yield path


def _folder(output: str | None, several: bool) -> Path | None:
    """Return the folder that results go to, or None where the output is a file, or none."""
    if output is None:
        return None
    if not output:
        raise UsageError("--output is empty; name a file or a folder")
    path = Path(output)
    ends_as_one = output.endswith(tuple(filter(None, (os.sep, os.altsep))))
    names_a_file = path.exists() or (path.suffix.lower() in READ_SUFFIXES and not ends_as_one)
    if several and names_a_file and not path.is_dir():
        raise UsageError(f"{output} names one file; for several images, name a folder: -o FOLDER/")
    return path if several or ends_as_one or path.is_dir() else None


def _target(source: Path | None, output: str | None, folder: Path | None, binarize: bool) -> Path:
    if folder is None and output is not None:
        return Path(output)
    if source is None:
        if folder is None:
            raise UsageError("name an output for the image from stdin: -o FILE, or -o - for stdout")
        return folder / "stdin.png"
    kind = source.suffix.lower().removeprefix(".")
    suffix = ".png" if binarize and kind not in BITONAL else source.suffix
    if folder is not None:
        return folder / f"{source.stem}{suffix}"
    return source.with_name(f"{source.stem}{MARK}{suffix}")


def _checked(
    source: Path | None,
    target: Path,
    folder: Path | None,
    force: bool,
    inside: Iterable[Path],
    taken: set[Path],
) -> Job | NnlabError:
    """Return the job, or why it is not to be done."""
    job = Job(source, target)
    try:
        return _refused(job, target, folder, force, inside, taken) or job
    except OSError as error:  # a name that is too long, a folder that nobody may look into
        return DataError(f"{job.name}: cannot write {target}: {reason(error)}; name another output")


def _refused(
    job: Job,
    target: Path,
    folder: Path | None,
    force: bool,
    inside: Iterable[Path],
    taken: set[Path],
) -> NnlabError | None:
    """Say why a job is not to be done; None if it is."""
    real = target.resolve()
    if real in inside:
        return OutputExistsError(
            f"{job.name}: {target} is itself an input and is not replaced; "
            "name another output with -o"
        )
    if real in taken:
        return OutputExistsError(f"{job.name}: another page is already written to {target}")
    taken.add(real)
    is_there = job.source is None or job.source.exists()  # else reading it says what is missing
    if is_there and folder is None and not target.parent.is_dir():
        return DataError(
            f"{job.name}: the folder {target.parent} does not exist; make it or name another"
        )
    if target.exists() and not target.is_file():
        return DataError(f"{job.name}: {target} is not a regular file; name another output")
    if (target.exists() or target.is_symlink()) and not force:
        return OutputExistsError(f"{job.name}: {target} exists; name another file or give --force")
    return None
