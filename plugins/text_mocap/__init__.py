"""What text formats of motion capture share, for their readers and writers: BVH and Acclaim."""
