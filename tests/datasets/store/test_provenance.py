import pytest

from nnlab.datasets.store.provenance import Source
from nnlab.errors import CheckpointError

SOURCE = Source("mnist", "ab12", sample=False, files=("a", "b"))


def test_a_source_survives_its_record() -> None:
    assert Source.from_dict(SOURCE.as_dict()) == SOURCE


@pytest.mark.parametrize("record", [None, {}, {"name": "mnist" * 100_000}, ["x" * 1_000_000]])
def test_an_invalid_source_is_refused_in_a_short_line(record: object) -> None:
    with pytest.raises(CheckpointError, match="expected name, sha256") as caught:
        Source.from_dict(record)
    assert len(str(caught.value)) < 300
