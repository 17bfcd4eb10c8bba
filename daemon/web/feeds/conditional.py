"""Conditional answers (RFC 9110 section 13): 304 where the client has what it asks for."""

from __future__ import annotations

import email.utils
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from daemon.web.accept import weights
from daemon.web.feeds.rendered import Document

MAX_AGE = 60  # seconds that caches may serve a document without asking


def respond(request: Request, document: Document, *, public: bool = True) -> Response:
    """The document, packed as the client takes it best; or 304."""
    coding = _coding(request.headers.get("accept-encoding", ""), document)
    headers = {
        "etag": f'"{document.etag}-{coding}"' if coding else f'"{document.etag}"',
        "last-modified": email.utils.format_datetime(document.changed, usegmt=True),
        "cache-control": f"{'public' if public else 'private'}, max-age={MAX_AGE}",
        "vary": "Accept-Encoding",
    }
    if _unchanged(request, document):
        return Response(status_code=304, headers=headers)
    if coding:
        headers["content-encoding"] = coding
    body = document.packed[coding] if coding else document.body
    return Response(body, media_type=document.content_type, headers=headers)


def _unchanged(request: Request, document: Document) -> bool:
    """If-None-Match decides where it is there (weakly compared, section 13.1.2); else If-Modified-Since."""
    tags = request.headers.getlist("if-none-match")
    if tags:
        given = {tag.strip().removeprefix("W/") for line in tags for tag in line.split(",")}
        ours = {"*", f'"{document.etag}"', *(f'"{document.etag}-{coding}"' for coding in document.packed)}
        return bool(ours & given)
    since = _date(request.headers.get("if-modified-since"))
    return since is not None and document.changed <= since


def _date(value: str | None) -> datetime | None:
    try:
        found = email.utils.parsedate_to_datetime(value) if value else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None  # an invalid date is ignored (section 13.1.3)
    return found if found is not None and found.tzinfo is not None else None


def _coding(accept: str, document: Document) -> str | None:
    """The first of the document's codings that Accept-Encoding gives the greatest weight above zero."""
    told = weights(accept)
    asked = {name: told.get(name, told.get("*", 0.0)) for name in document.packed}
    return max((name for name in asked if asked[name] > 0), key=lambda name: asked[name], default=None)
