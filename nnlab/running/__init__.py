"""Carrying an experiment through: one run from the data to the figures, or a group of runs."""
