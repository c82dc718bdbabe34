"""The command line: parsing, printing, exit codes. Nothing imports it."""

import sys


def start() -> None:
    """Run the command line and exit; a Ctrl-C that comes while it is still imported ends it."""
    try:
        from nnlab.cli.main import main
    except KeyboardInterrupt:
        sys.exit(130)
    main()
