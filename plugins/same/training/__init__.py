"""The recipe of the weights: pairs of skeletons, losses, steps, curves."""
