"""Files of settings for `--config` and `sweep --list`: JSON or TOML in any encoding."""

import json
import tomllib
from pathlib import Path
from typing import Any

from nnlab.datasets.text.files import read_text
from nnlab.errors import DataError, UsageError

OTHER_FORMATS = {".yaml": "YAML", ".yml": "YAML", ".ini": "INI", ".xml": "XML"}


def read_json_or_toml(path: Path, flag: str) -> Any:
    """Return the contents of a file that an option names.

    Raises:
        UsageError: The file cannot be read, or is neither JSON nor TOML.
    """
    suffix = Path(path.name.removesuffix(".gz")).suffix.lower()
    if suffix in OTHER_FORMATS:
        raise UsageError(
            f"{flag} {path}: expected a JSON or TOML file, got {OTHER_FORMATS[suffix]}; "
            "write it as TOML: epochs = 3"
        )
    kind = "TOML" if suffix == ".toml" else "JSON"
    try:
        text = read_text(path, flag="")
        return tomllib.loads(text) if kind == "TOML" else json.loads(text)
    except DataError as error:
        cause = error.__cause__
        reason = cause.strerror if isinstance(cause, OSError) else None
        came = f"it cannot be read ({reason})" if reason else str(error)
    except (ValueError, RecursionError) as error:
        came = f"it is not valid {kind}: {error}"
    raise UsageError(f"{flag} {path}: expected a JSON or TOML file, but {came}")
