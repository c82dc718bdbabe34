from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypedDict

import numpy as np
import pytest
from PIL import Image

from nnlab.datasets.pages.loading import Pages, load_pages, sample_pages
from nnlab.datasets.pages.pairs import PagePair, packed, places, split_by_text, unpacked
from nnlab.datasets.samples.stained_pages import synthetic_page
from nnlab.datasets.store import Store
from nnlab.datasets.store.registry import get_set
from nnlab.errors import DataError, UsageError


class Folders(TypedDict):
    """The options that name two folders of pages."""

    noisy: Path
    clean: Path


Part = tuple[PagePair, ...]


def load(warnings: list[str] | None = None, **given: Any) -> Pages:
    options = {"noisy": None, "clean": None, "dataset": None, "synthetic": 0, "split_seed": 0}
    warn = warnings.append if warnings is not None else pytest.fail
    return load_pages(Store(), **{**options, **given}, warn=warn)


def put(
    tmp_path: Path, names: Iterable[str], texts: Sequence[int] | None = None, suffix: str = "png"
) -> Folders:
    """Put pairs into two folders; pages with the same number in `texts` have equal clean pages."""
    folders = tmp_path / "noisy", tmp_path / "clean"
    for number, name in enumerate(names):
        noisy, clean, _ = synthetic_page(texts[number] if texts else number, (40, 60))
        noisy = np.clip(noisy.astype(int) + number, 0, 255).astype(np.uint8)
        for folder, pixels, end in zip(folders, (noisy, clean), ("png", suffix), strict=True):
            folder.mkdir(exist_ok=True)
            Image.fromarray(pixels).save(folder / f"{name}.{end}")
    return Folders(noisy=folders[0], clean=folders[1])


def parts(pages: Pages) -> tuple[Part, Part, Part]:
    return pages.training, pages.validation, pages.test


def texts_of(part: Iterable[PagePair]) -> set[str]:
    return {pair.text for pair in part}


def apart(pages: Pages) -> bool:
    first, second, third = map(texts_of, parts(pages))
    return not (first & second or first & third or second & third)


def test_the_sample_is_always_the_same_and_has_three_parts() -> None:
    pages = sample_pages()
    assert [len(part) for part in parts(pages)] == [24, 6, 8]
    assert apart(pages)
    assert pages.source.sample
    assert pages.source == load(dataset="sample").source
    assert {pair.noisy.shape for part in parts(pages) for pair in part} == {(192, 256)}


def test_without_data_the_sample_is_used_with_a_warning() -> None:
    warnings: list[str] = []
    assert load(warnings).source.sample
    assert len(warnings) == 1
    assert "cannot be compared with NoisyOffice's" in warnings[0]
    assert "nnlab data fetch noisyoffice" in warnings[0]


def test_a_missing_named_set_is_an_error_of_a_few_lines() -> None:
    with pytest.raises(DataError, match=r"noisyoffice/train/2\.png") as caught:
        load(dataset="noisyoffice")
    assert "and 357 more" in str(caught.value)
    assert len(str(caught.value).splitlines()) == 5


def test_an_unknown_set_is_an_error() -> None:
    with pytest.raises(UsageError, match=r"did you mean 'noisyoffice'"):
        load(dataset="noisyofice")


def test_synthetic_pages_are_added_to_the_training_part_only() -> None:
    pages = load(dataset="sample", synthetic=4)
    assert [len(part) for part in parts(pages)] == [28, 6, 8]
    assert apart(pages)
    assert pages.source == sample_pages().source
    names = [pair.name for part in parts(pages) for pair in part]
    assert len(set(names)) == len(names)
    assert pages.facts != load(dataset="sample", synthetic=3).facts != sample_pages().facts == {}


def test_options_that_do_not_fit_together_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--clean needs --noisy"):
        load(clean=tmp_path)
    with pytest.raises(UsageError, match="--noisy needs --clean"):
        load(noisy=tmp_path)
    with pytest.raises(UsageError, match="not both"):
        load(noisy=tmp_path, clean=tmp_path, dataset="sample")


def test_pages_in_the_users_folders_are_paired_by_name_and_split_by_text(tmp_path: Path) -> None:
    texts = [0, 0, 1, 1, 2, 3, 4, 4, 5, 6]
    folders = put(tmp_path, "abcdefghij", texts, suffix="bmp")
    pages = load(**folders)
    assert apart(pages)
    assert sum(map(len, parts(pages))) == 10
    assert [len(texts_of(part)) for part in parts(pages)] == [5, 1, 1]
    assert pages.source.files == (str(folders["noisy"]), str(folders["clean"]))
    for pair in pages.training:
        with Image.open(folders["noisy"] / f"{pair.name}.png") as image:
            assert np.array_equal(pair.noisy, np.asarray(image))


def test_the_split_depends_only_on_its_seed(tmp_path: Path) -> None:
    folders = put(tmp_path, "abcdefghij")
    held = [
        [pair.name for pair in load(**folders, split_seed=seed).test] for seed in (0, 0, 1, 2, 3)
    ]
    assert held[0] == held[1]
    assert len({tuple(names) for names in held}) > 1


def test_pages_without_a_counterpart_are_reported_a_few_by_name(tmp_path: Path) -> None:
    folders = put(tmp_path, "abcdefgh")
    for name in "abcde":
        (folders["clean"] / f"{name}.png").unlink()
    (folders["noisy"] / "h.png").rename(folders["noisy"] / "z.png")
    for name in "abcde":
        Image.fromarray(synthetic_page(ord(name), (40, 60))[1]).save(
            folders["clean"] / f"{name}2.png"
        )
        (folders["noisy"] / f"{name}.png").rename(folders["noisy"] / f"{name}3.png")
    Image.fromarray(np.zeros((40, 60), np.uint8)).save(folders["noisy"] / "a2.png")
    warnings: list[str] = []
    pages = load(warnings, **folders)
    assert sum(map(len, parts(pages))) == 3
    assert len(warnings) == 2
    assert "a3.png, b3.png, c3.png and 3 more" in warnings[0]
    assert "b2.png, c2.png, d2.png and 2 more" in warnings[1]


def test_pages_of_a_pair_must_have_the_same_size(tmp_path: Path) -> None:
    folders = put(tmp_path, "abcd")
    Image.new("L", (61, 40)).save(folders["clean"] / "b.png")
    with pytest.raises(DataError, match=r"noisy/b\.png has 60x40 .*clean/b\.png has 61x40"):
        load(**folders)


@pytest.mark.parametrize(("names", "texts"), [("ab", None), ("abcdef", [0, 0, 0, 1, 1, 1])])
def test_fewer_than_three_clean_pages_are_refused(
    tmp_path: Path, names: str, texts: list[int] | None
) -> None:
    with pytest.raises(DataError, match="at least 3 different clean pages.*found 2"):
        load(**put(tmp_path, names, texts))


def test_three_pairs_are_enough(tmp_path: Path) -> None:
    assert [len(part) for part in parts(load(**put(tmp_path, "abc")))] == [1, 1, 1]


def test_folders_must_exist_contain_pictures_and_match(tmp_path: Path) -> None:
    folders = put(tmp_path, "abc")
    with pytest.raises(DataError, match="nowhere does not exist"):
        load(noisy=tmp_path / "nowhere", clean=folders["clean"])
    with pytest.raises(DataError, match=r"a\.png is not a folder"):
        load(noisy=folders["noisy"] / "a.png", clean=folders["clean"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="empty: no pictures found"):
        load(noisy=folders["noisy"], clean=tmp_path / "empty")
    Image.new("L", (3, 3)).save(tmp_path / "empty" / "x.png")
    with pytest.raises(DataError, match="no picture in .* has the same name"):
        load(noisy=folders["noisy"], clean=tmp_path / "empty")
    Image.new("L", (3, 3)).save(folders["noisy"] / "a.bmp")
    with pytest.raises(DataError, match="differ only in the suffix"):
        load(**folders)


def pair(height: int, width: int, seed: int = 0) -> PagePair:
    noisy, clean, _ = synthetic_page(seed, (height, width))
    return PagePair(noisy, clean, str(seed))


def test_packed_pages_are_unpacked_unchanged() -> None:
    pages = [pair(50, 70), pair(33, 41)]
    arrays = packed(pages)
    for name in ("noisy", "clean"):
        for page, back in zip(pages, unpacked(arrays[name], arrays["shapes"]), strict=True):
            assert np.array_equal(getattr(page, name), back)
    assert packed([])["shapes"].shape == (0, 2)


def test_places_cover_every_page() -> None:
    pages = [pair(50, 70), pair(32, 40)]
    arrays = packed(pages, 32)
    found = places(arrays["shapes"], 32, stride=20)
    assert found[:, [0, 2, 3]].tolist() == [
        *[[0, top, left] for top in (0, 18) for left in (0, 20, 38)],
        *[[50 * 70, 0, left] for left in (0, 8)],
    ]
    first, width, top, left = found[4, :4]
    corner = first + top * width + left
    assert arrays["noisy"][corner] == pages[0].noisy[top, left]
    assert found[4].tolist()[4:] == [18, 38]


def test_a_small_page_is_extended_with_paper() -> None:
    page = pair(20, 40)
    arrays = packed([page], 32)
    (noisy,) = unpacked(arrays["noisy"], arrays["shapes"])
    (clean,) = unpacked(arrays["clean"], arrays["shapes"])
    assert noisy.shape == (32, 40)
    assert (clean[20:] == 255).all()
    assert (noisy[20:] == int(np.median(page.noisy))).all()


def test_split_by_text_gives_each_part_its_share() -> None:
    pages = [pair(90, 120, seed % 5) for seed in range(15)]
    first, second, rest = split_by_text(pages, [1, 2], seed=0)
    assert [len(part) for part in (first, second, rest)] == [3, 6, 6]


def test_noisyoffice_is_registered_file_by_file() -> None:
    (edition,) = get_set("noisyoffice").editions
    kinds = Counter(file.role.partition("/")[0] for file in edition.files)
    assert kinds == {"noisy": 144, "clean": 144, "unpaired": 72}
    assert all(file.url.endswith(file.path.removeprefix("noisyoffice/")) for file in edition.files)


@pytest.mark.real_data
def test_noisyoffice_is_split_as_by_its_makers() -> None:
    pages = load()
    assert [len(part) for part in parts(pages)] == [60, 12, 72]
    assert apart(pages)
    assert all(pair.name.endswith("_VA") for pair in pages.test)
    assert all(pair.name.endswith("_TR") for pair in (*pages.training, *pages.validation))
    every = [pair for part in parts(pages) for pair in part]
    assert Counter(pair.kind for pair in every) == dict.fromkeys(
        ("coffee", "folds", "footprints", "wrinkles"), 36
    )
    assert {pair.noisy.shape for pair in every} == {(420, 540), (258, 540)}
    assert len(texts_of(every)) == 36
    assert pages.source.name == "noisyoffice"


def test_nobody_can_change_the_pages_of_the_sample_that_all_runs_share() -> None:
    pages = sample_pages()
    assert sample_pages() is pages
    for array in (pages.training[0].noisy, pages.test[-1].clean):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 0
