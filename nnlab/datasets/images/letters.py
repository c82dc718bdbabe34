"""Loading small grey images of letters: EMNIST, its embedded substitute, MNIST, or idx files."""

import reprlib
import string
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from nnlab.datasets.images.idx_pairs import FEWEST_IMAGES, IdxFiles
from nnlab.datasets.images.labelled import SAMPLE_IMAGES, LabelledImages, as_sample, load_digits
from nnlab.datasets.store import MissingDataError, Store
from nnlab.datasets.store.provenance import SAMPLE
from nnlab.datasets.store.registry import get_set
from nnlab.errors import DataError, UsageError, nearest

ALPHABET = tuple(string.ascii_lowercase)
EMNIST, MNIST = "emnist-letters", "mnist"
OFFICIAL = "--images, --labels, --test-images and --test-labels"
SAMPLE_SEED = 20_180_613


def load_letters(
    store: Store,
    dataset: str | None,
    *,
    letters: str | None,
    files: IdxFiles | None,
    split_seed: int,
    warn: Callable[[str], None],
) -> LabelledImages:
    """Load the letters that the user asked for, or the best available ones, upright.

    Args:
        store: Finds data files.
        dataset: "emnist-letters", "mnist", "sample", or None: EMNIST if it is found, else the
            sample, with a warning.
        letters: The classes to keep, as `parse_letters` takes them; None keeps all.
        files: The user's own images, instead. EMNIST files, whose names start with "emnist", store
            images transposed; these are turned upright, all others are used unchanged. If the
            name of the labels starts with "emnist-letters", 1 to 26 are called "a" to "z".
        split_seed: Seed of the split.
        warn: Called with one line if the sample is used instead of EMNIST.

    Returns:
        Images and labels of the classes kept: with "a,c", EMNIST's label 3 is class 1, called "c";
        with "0-4", MNIST's label 3 is class 3, called "3".

    Raises:
        UsageError: The options do not fit together, or there are no such letters.
        DataError: The data is missing, damaged, or too little to train and test on.
    """
    if files is not None:
        loaded = _as_emnist(load_digits(store, dataset, files, split_seed, warn), files)
    elif dataset == MNIST:
        loaded = load_digits(store, MNIST, None, split_seed, warn)
    elif dataset == SAMPLE:
        loaded = sample_letters()
    elif dataset in (EMNIST, None):
        loaded = _emnist(store, warn if dataset is None else None)
    else:
        known = nearest(dataset or "", (EMNIST, MNIST, SAMPLE))
        raise UsageError(f"unknown data set {dataset!r}; {known}")
    return loaded if letters is None else _chosen(loaded, letters)


def parse_letters(text: str, known: Sequence[str] = ALPHABET) -> tuple[str, ...]:
    """Read a choice of classes: names and ranges of names, separated by commas.

    Args:
        text: "a-i" or "X-Z, a,c". Capitals stand for lower-case letters if only those are known.
        known: All classes, in order.

    Returns:
        Each chosen class once, in the order of `known`: "x-z,A" gives "a", "x", "y", "z"; "0-2" of
        MNIST gives "0", "1", "2".

    Raises:
        UsageError: The text is empty, a name is unknown, or a range is reversed or lacks an end.
    """
    if not text.strip():
        raise UsageError("--letters is empty; expected letters such as a-i or a,c,x-z")
    chosen: set[int] = set()
    for word in (part.strip() for part in text.split(",")):
        if not word:
            raise UsageError(
                f"--letters {_short(text)}: expected a letter before and after a comma"
            )
        first, dash, last = (end.strip() for end in word.partition("-"))
        if dash and not (first and last):
            raise UsageError(f"--letters: a range needs both ends, such as a-i, got {_short(word)}")
        low = _number(first, known)
        high = _number(last, known) if dash else low
        if low > high:
            raise UsageError(
                f"--letters: the range {word!r} is reversed; did you mean '{last}-{first}'?"
            )
        chosen.update(range(low, high + 1))
    return tuple(known[number] for number in sorted(chosen))


def sample_letters() -> LabelledImages:
    """Draw the embedded sample: 8,000 training and 2,000 test letters, always the same.

    As in EMNIST, each class has capital and lower-case letters.
    """
    from nnlab.datasets.samples.glyphs import glyph_images

    both_cases = string.ascii_lowercase + string.ascii_uppercase
    images, characters = glyph_images(both_cases, SAMPLE_IMAGES, SAMPLE_SEED)
    labels = (characters % len(ALPHABET)).astype(np.uint8)
    return as_sample(images, labels, ALPHABET)


def _emnist(store: Store, warn: Callable[[str], None] | None) -> LabelledImages:
    """Read the registered set; if it is missing and `warn` is given, use the sample instead."""
    try:
        found = store.fetch(get_set(EMNIST))
    except MissingDataError as error:
        if warn is None:
            instead = f"or give the files of the official split as {OFFICIAL}"
            raise MissingDataError(f"{error}\n{instead}", error.reason) from error
        warn(
            f"{EMNIST} not found ({error.reason}); using the embedded sample instead: letters "
            "drawn from fonts; its scores cannot be compared with EMNIST's "
            f"(to use the official files: {OFFICIAL})"
        )
        return sample_letters()
    roles = ("train-images", "train-labels", "test-images", "test-labels")
    files = IdxFiles(*(found[role] for role in roles))
    # the seed does not matter, because nothing is held out of the training set
    loaded = load_digits(store, None, files, 0, lambda _: None)
    names = tuple(f"{path.parent.name}/{path.name}" for path in files.paths())
    source = replace(loaded.source, name=EMNIST, files=names)
    return _as_emnist(replace(loaded, source=source), files)


def _as_emnist(loaded: LabelledImages, files: IdxFiles) -> LabelledImages:
    """Turn images from EMNIST files upright, and name the classes after their letters."""
    images, test_images = files.images, files.test_images or files.images
    if _is_called(files.labels, "emnist-letters"):
        loaded = replace(loaded, class_names=_letters_of(loaded.class_names, files.labels))
    training, testing = loaded.train_images, loaded.test_images
    if _is_called(images, "emnist"):
        training = _upright(training)
    if _is_called(test_images, "emnist"):
        testing = _upright(testing)
    if training.shape[1:] != testing.shape[1:]:
        raise DataError(f"{images} is stored transposed, as EMNIST is, but {test_images} is not")
    return replace(loaded, train_images=training, test_images=testing)


def _is_called(path: Path, beginning: str) -> bool:
    return path.name.lower().startswith(beginning)


def _upright(images: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(images.swapaxes(1, 2))


def _letters_of(class_names: Sequence[str], labels: Path) -> tuple[str, ...]:
    values = [int(name) for name in class_names]
    unknown = [value for value in values if not 1 <= value <= len(ALPHABET)]
    if unknown:
        raise DataError(f"{labels}: expected labels 1 to {len(ALPHABET)}, found {unknown[0]}")
    return tuple(ALPHABET[value - 1] for value in values)


def _chosen(loaded: LabelledImages, letters: str) -> LabelledImages:
    """Keep the chosen classes in both parts."""
    names = parse_letters(letters, loaded.class_names)
    kept = np.array([loaded.class_names.index(name) for name in names])
    training = np.isin(loaded.train_labels, kept)
    testing = np.isin(loaded.test_labels, kept)
    for part, rows, least in (("training", training, FEWEST_IMAGES), ("test", testing, 1)):
        found = np.count_nonzero(rows)
        if found < least:
            raise DataError(
                f"{loaded.source.name}: expected at least {least} {part} images of {letters}, "
                f"found {found}; choose more --letters or give more images"
            )
    return LabelledImages(
        loaded.train_images[training],
        np.searchsorted(kept, loaded.train_labels[training]).astype(np.uint8),
        loaded.test_images[testing],
        np.searchsorted(kept, loaded.test_labels[testing]).astype(np.uint8),
        names,
        loaded.source,
    )


def _number(name: str, known: Sequence[str]) -> int:
    for spelling in (name, name.lower()):
        if spelling in known:
            return known.index(spelling)
    raise UsageError(f"--letters: {_short(name)} is not in this data; {nearest(name, known)}")


def _short(text: str) -> str:
    return reprlib.repr(text)
