"""A whole database at once: brought to this version's shape, copied into another, restored from a backup."""
