"""Benchmarks that run on one core, in a process of its own: NumPy reads the limit on import."""

import argparse
import os
import subprocess
import sys

HERE = "--here"


def add_here_option(parser: argparse.ArgumentParser) -> None:
    """Add a hidden option that says that this is the process on one core."""
    parser.add_argument(HERE, action="store_true", help=argparse.SUPPRESS)


def move_to_one_core(here: bool) -> None:
    """Run the same command in a process with one core and end, unless this is that process."""
    if not here:
        one_core = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")}
        command = [sys.executable, sys.argv[0], HERE, *sys.argv[1:]]
        raise SystemExit(subprocess.run(command, env={**os.environ, **one_core}).returncode)
