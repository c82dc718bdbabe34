"""Runs of all experiments as released versions wrote them, and the data they were trained on."""
