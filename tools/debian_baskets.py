"""Write baskets that nobody here tuned anything on: what the packages of Debian depend on.

    sudo apt-get update
    python -m tools.debian_baskets baskets.csv
    nnlab recommend --preset modern --baskets baskets.csv --runs 3

Each line is a package; its items are the packages that it depends on; of alternatives, the first.
Items of fewer than 100 packages are left out, then lines of fewer than two items. Needs Debian or
Ubuntu.
"""

import argparse
import re
from collections import Counter
from pathlib import Path

from tools.debian_lists import entries

FEWEST = 100
"""Packages that must depend on an item."""


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("file", type=Path)
    chosen = parser.parse_args()
    packages: dict[str, list[str]] = {}
    for entry in entries("*_main_binary-*_Packages*", "Package|Depends"):
        names = {re.split(r"[ (:|]", one.strip())[0] for one in entry["Depends"].split(",")}
        packages[entry["Package"]] = sorted(names - {""})
    counts = Counter(item for items in packages.values() for item in items)
    baskets = [[item for item in items if counts[item] >= FEWEST] for items in packages.values()]
    lines = [",".join(basket) for basket in baskets if len(basket) > 1]
    if not lines:
        parser.error("no list of packages; run apt-get update first")
    chosen.file.write_text("\n".join(lines) + "\n")
    print(f"{len(lines):,} baskets in {chosen.file}")


if __name__ == "__main__":
    main()
