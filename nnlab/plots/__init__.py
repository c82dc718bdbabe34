"""Figures: arrays and dictionaries in, `matplotlib.figure.Figure` out.

Nothing here depends on runs, networks or data files, or changes matplotlib's global state (no
pyplot). matplotlib is imported inside the functions, because that takes a while.
"""
