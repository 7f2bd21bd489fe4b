"""The recipe of the weights of Neural Face Skinning."""
