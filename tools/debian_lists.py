"""The lists of Debian's packages, as `apt-get update` left them on this machine."""

import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

LISTS = Path("/var/lib/apt/lists")
HELPER = "/usr/lib/apt/apt-helper"


def entries(pattern: str, fields: str) -> Iterator[Mapping[str, str]]:
    """Yield the entries that have all fields, with these fields' first lines.

    Args:
        pattern: Of the names of the lists.
        fields: Names, such as "Package|Depends".
    """
    line = re.compile(rf"^({fields}): (.*)$", re.MULTILINE)
    # the release has the shortest name; its updates come after it, and replace what they update
    for path in sorted(LISTS.glob(pattern), key=lambda path: len(path.name)):
        text = subprocess.check_output([HELPER, "cat-file", path], text=True, encoding="utf-8")
        for paragraph in text.split("\n\n"):
            found = dict(line.findall(paragraph))
            if len(found) == len(fields.split("|")):
                yield found
