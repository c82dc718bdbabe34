"""Checkpoints, each one HDF5 file with a JSON header and named variables, and a strict reader.

Layout: `/<group>/<layer>/<variable>` holds one variable as a plain contiguous dataset; `/nnlab`
holds the header, JSON as UTF-8 bytes. docs/checkpoint-format.md describes both in full.
"""

from nnlab.checkpoint.header import FORMAT_VERSION, Header
from nnlab.checkpoint.reading import CheckpointFile, Variable, open_checkpoint
from nnlab.checkpoint.writing import content, write

__all__ = [
    "FORMAT_VERSION",
    "CheckpointFile",
    "Header",
    "Variable",
    "content",
    "open_checkpoint",
    "write",
]
