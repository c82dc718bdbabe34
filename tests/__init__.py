"""Tests of nnlab.

The environment is settled here, before anything imports NumPy, which reads it once.
"""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["NNLAB_OFFLINE"] = "1"
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # each process would compile the package anew
if "PYTEST_XDIST_WORKER" in os.environ:  # workers share the cores; their threads would only wait
    for name in ("OMP_NUM", "OPENBLAS_NUM", "TF_NUM_INTRAOP", "TF_NUM_INTEROP"):
        os.environ.setdefault(f"{name}_THREADS", "1")
