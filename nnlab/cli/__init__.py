"""The command line: parsing, printing, exit codes. No other part of nnlab imports it."""

import signal
import sys

from nnlab import interrupts
from nnlab.errors import InterruptedRun


def start() -> None:
    """Run the command line and exit, even if Ctrl-C arrives while it is being imported."""
    try:
        with interrupts.raised_once([signal.SIGINT]):
            from nnlab.cli.main import run

            code = run()
        interrupts.ignore_all()  # a late Ctrl-C would change the exit code
    except KeyboardInterrupt:
        interrupts.ignore_all()
        print("error: interrupted", file=sys.stderr)  # noqa: T201
        code = InterruptedRun.exit_code
    sys.exit(code)
