"""The command line: parsing, printing, exit codes. Nothing imports it."""

from nnlab.cli.main import main

__all__ = ["main"]
