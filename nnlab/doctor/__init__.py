"""Whether this machine has what nnlab needs, check by check."""

from nnlab.doctor.check import Check, Finding, Result
from nnlab.doctor.checks import all_checks

__all__ = ["Check", "Finding", "Result", "all_checks"]
