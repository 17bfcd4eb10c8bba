"""What is seen and heard: the recordings of a story, told from those of advertisements and of other stories."""
