"""What training runs share: the optimiser, checkpoints, histories and their pictures."""
