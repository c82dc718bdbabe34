"""From a network's probabilities to text: sampling, step by step, and greedy translation."""
