"""A motion carried from one skeleton to another, joint by joint."""
