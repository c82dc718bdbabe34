"""The obvious answers that a network has to beat."""
