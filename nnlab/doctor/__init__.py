"""Checks that this machine has what nnlab needs."""

from nnlab.doctor.check import Check, Finding, Result
from nnlab.doctor.checks import all_checks

__all__ = ["Check", "Finding", "Result", "all_checks"]
