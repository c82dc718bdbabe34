"""`python -m nnlab` is `nnlab`."""

from nnlab.cli import start

start()
