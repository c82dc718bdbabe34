"""The option `--json FILE` of every benchmark: figures to keep, for `make bench`."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path


def add_json_option(parser: argparse.ArgumentParser) -> None:
    """Add `--json`, which is None where it is not given."""
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")


def keep(file: Path | None, figures: Mapping[str, float]) -> None:
    """Write figures by their names, with four digits that mean something."""
    if file:
        rounded = {name: float(f"{figure:.4g}") for name, figure in figures.items()}
        file.write_text(json.dumps(rounded, indent=2) + "\n")
