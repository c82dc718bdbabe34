"""Figures: arrays, dictionaries and checked networks in, matplotlib figures out.

Nothing here depends on runs, Keras or data files, or changes matplotlib's global state (no
pyplot). matplotlib is imported inside the functions, because that takes a while.
"""
