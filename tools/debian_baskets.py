"""Write baskets that nobody here tuned anything on: what the packages of Debian depend on.

    sudo apt-get update
    python tools/debian_baskets.py baskets.csv
    nnlab recommend --preset modern --baskets baskets.csv --runs 3

Each line is a package; its items are the packages that it depends on. Items of fewer than 100
packages are left out, then lines of fewer than two items. Needs Debian or Ubuntu.
"""

import argparse
import re
import subprocess
from collections import Counter
from pathlib import Path

LISTS = Path("/var/lib/apt/lists")
HELPER = "/usr/lib/apt/apt-helper"
FEWEST = 100
"""Packages that must depend on an item."""


def dependencies(text: str) -> dict[str, list[str]]:
    """Return what each package of a Packages file depends on; of alternatives, the first."""
    found = {}
    for paragraph in text.split("\n\n"):
        fields = dict(re.findall(r"^(Package|Depends): (.*)$", paragraph, re.MULTILINE))
        if len(fields) == 2:
            names = {re.split(r"[ (:|]", one.strip())[0] for one in fields["Depends"].split(",")}
            found[fields["Package"]] = sorted(names - {""})
    return found


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("file", type=Path)
    chosen = parser.parse_args()
    packages: dict[str, list[str]] = {}
    # the release has the shortest name; its updates come after it, and replace what they update
    for path in sorted(LISTS.glob("*_main_binary-*_Packages*"), key=lambda path: len(path.name)):
        packages |= dependencies(subprocess.check_output([HELPER, "cat-file", path], text=True))
    counts = Counter(item for items in packages.values() for item in items)
    baskets = [[item for item in items if counts[item] >= FEWEST] for items in packages.values()]
    lines = [",".join(basket) for basket in baskets if len(basket) > 1]
    if not lines:
        parser.error(f"no list of packages in {LISTS}; run apt-get update first")
    chosen.file.write_text("\n".join(lines) + "\n")
    print(f"{len(lines):,} baskets in {chosen.file}")


if __name__ == "__main__":
    main()
