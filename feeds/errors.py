"""What can go wrong, as one small tree. Each error names the thing (``url``, ``source``) and the cause.

Reported once, where someone can act on it: the poll records it on its source, the command line prints it.
"""

from __future__ import annotations

from collections.abc import Sequence


class BantinError(Exception):
    """Base of every error that bantin raises on purpose. ``str(error)`` is one line for people."""


class ReadError(BantinError):
    """A page, feed or sitemap could not be read; ``url`` is its address, ``cause`` the reason in a few words.

    ``slow``: reading it took longer than a page may take.
    """

    slow = False

    def __init__(self, url: str, cause: str) -> None:
        super().__init__(f"{url}: {cause}")
        self.url = url
        self.cause = cause

    def __reduce__(self) -> tuple[type[ReadError], tuple[object, ...]]:
        return type(self), (self.url, self.cause)


class NotAnArticleError(ReadError):
    """The page was parsed, and holds no article (a login page, a front page, an error page with status 200)."""


class NoTeasersError(ReadError):
    """The page was parsed, and lists no stories."""


class NotAFeedError(ReadError):
    """The document is no RSS, Atom or JSON feed and no sitemap (typically an HTML page at a feed's address)."""


class SitemapIndexError(NotAFeedError):
    """A sitemap that only leads to others; ``parts`` are the addresses of those that hold the newest news."""

    def __init__(self, url: str, parts: Sequence[str]) -> None:
        hint = f"read one of its parts: {', '.join(parts)}" if parts else "and names no other"
        super().__init__(url, f"is an index of sitemaps; {hint}")
        self.parts = tuple(parts)

    def __reduce__(self) -> tuple[type[SitemapIndexError], tuple[object, ...]]:
        return type(self), (self.url, self.parts)


class BrowserError(ReadError):
    """The browser could not make a page of what the site sent."""


class BrowserMissingError(BrowserError):
    """A page needs a browser, and there is none, or it cannot be started."""


class OpmlError(ReadError):
    """The file is no list of subscriptions that could be read."""


class FetchError(ReadError):
    """A page could not be fetched. ``status`` is the HTTP status, where there was an answer.

    ``transient`` errors may pass by themselves (a connection, 429, 502-504); ``retry_after`` is the server's own
    word, in seconds, on when to ask again. Not ``again``: asking again at once would only cost as much.
    """

    def __init__(
        self,
        url: str,
        cause: str,
        *,
        status: int | None = None,
        transient: bool = False,
        retry_after: float | None = None,
        again: bool = True,
    ) -> None:
        super().__init__(url, cause)
        self.again = again
        self.status = status
        self.transient = transient
        self.retry_after = retry_after


class DisallowedError(FetchError):
    """The site's robots.txt asks not to fetch this page."""


class StateError(BantinError):
    """The database cannot be used; nothing was changed. ``hint`` says what to do about it."""

    def __init__(self, url: str, cause: str, hint: str) -> None:
        super().__init__(f"database {url}: {cause}; {hint}")
        self.url = url
        self.cause = cause
        self.hint = hint


class LeaseLostError(BantinError):
    """Someone else took the work over while it was done (the lease ran out): the result is dropped, not stored."""


class ProfileError(BantinError):
    """A site profile cannot be used: ``file`` and ``key`` say where, ``cause`` what was found and what is allowed."""

    def __init__(self, file: str, key: str, cause: str) -> None:
        super().__init__(f"{file}: {key} {cause}" if key else f"{file}: {cause}")
        self.file = file
        self.key = key
        self.cause = cause

    def __reduce__(self) -> tuple[type[ProfileError], tuple[str, str, str]]:
        return type(self), (self.file, self.key, self.cause)


class TemplateError(BantinError):
    """A template cannot be read or filled in; ``name`` says which, ``cause`` why, with its line where there is one."""

    def __init__(self, name: str, cause: str) -> None:
        super().__init__(f"{name}: {cause}")
        self.name, self.cause = name, cause

    def __reduce__(self) -> tuple[type[TemplateError], tuple[object, ...]]:
        return type(self), (self.name, self.cause)
