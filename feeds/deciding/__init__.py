"""Deciding: what is new, what changed, what is gone, and when to look again."""
