"""The craft: pure functions. Pages to teasers and articles, what is known to what changed, revisions to feeds."""
