"""The summary of a group as plain JSON, since those of earlier versions are judged too."""

from collections.abc import Mapping
from typing import Any

from nnlab.runs.folder import GroupFolder, expecting, is_name, read_json


def read_summary(group: GroupFolder) -> Mapping[str, Any]:
    """Read summary.json.

    Raises:
        DataError: It is missing, or does not say which runs it is about, and on which data.
    """
    with expecting("the summary of a group", group.summary):
        summary = dict(read_json(group.summary))
        dict(summary["dataset"])
        wrong = [name for name in summary["runs"] if not is_name(name)]
        if wrong:
            raise ValueError(f"{wrong[0]!r} is not the name of a run")
    return summary
