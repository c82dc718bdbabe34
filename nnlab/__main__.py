"""Makes `python -m nnlab` the same as `nnlab`."""

from nnlab.cli import start

start()
