"""Write sentence pairs that nobody here tuned anything on: what Debian says of its packages.

    sudo apt-get -o Acquire::Languages=fr update
    python -m tools.debian_pairs fr pairs.tsv
    nnlab translate --preset modern --pairs pairs.tsv

Each line is the short description of a package in English and, after a tab, in another language, as
people translated it; ja is Japanese. Needs Debian or Ubuntu.
"""

import argparse
from pathlib import Path

from tools.debian_lists import entries

SAME = "Description-md5"
"""What a description and its translation share."""


def main() -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("language")
    parser.add_argument("file", type=Path)
    chosen = parser.parse_args()
    translated = f"Description-{chosen.language}"
    english = {
        entry[SAME]: entry["Description"]
        for entry in entries("*_main_binary-*_Packages*", f"Description|{SAME}")
    }
    pairs = {
        (english[entry[SAME]], entry[translated])
        for entry in entries(f"*_main_i18n_Translation-{chosen.language}*", f"{translated}|{SAME}")
        if entry[SAME] in english
    }
    lines = ["\t".join(pair) for pair in sorted(pairs)]
    if not lines:
        update = f"apt-get -o Acquire::Languages={chosen.language} update"
        parser.error(f"no descriptions in {chosen.language}; run {update} first")
    chosen.file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines):,} pairs in {chosen.file}")


if __name__ == "__main__":
    main()
