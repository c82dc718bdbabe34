"""Figures: arrays and dictionaries in, `matplotlib.figure.Figure` out.

Nothing here knows a run, a network or a file of data, and nothing touches matplotlib's global state
(no pyplot): a figure is a value. matplotlib is imported inside the functions, as it takes a while.
"""
