"""Where a story is read: `extract_article`."""

from feeds.reading.article.extract import extract_article

__all__ = ["extract_article"]
