"""The craft: pure functions from bytes to teasers and articles, from what is known to what changed, from revisions to feeds."""
