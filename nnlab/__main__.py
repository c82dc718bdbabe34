"""`python -m nnlab` is `nnlab`."""

from nnlab.cli import main

main()
