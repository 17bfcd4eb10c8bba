"""Conditional answers (RFC 9110 section 13): 304 where the client has what it asks for."""

from __future__ import annotations

import email.utils
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from daemon.web.documents import Document

MAX_AGE = 60  # seconds that caches may serve a document without asking


def respond(request: Request, document: Document, *, public: bool = True) -> Response:
    """The document, gzipped where the client takes that; or 304."""
    zipped = bool(document.zipped) and _takes_gzip(request.headers.get("accept-encoding", ""))
    etag = f'"{document.etag}-gzip"' if zipped else f'"{document.etag}"'
    headers = {
        "etag": etag,
        "last-modified": email.utils.format_datetime(document.changed, usegmt=True),
        "cache-control": f"{'public' if public else 'private'}, max-age={MAX_AGE}",
        "vary": "Accept-Encoding",
    }
    if _unchanged(request, document):
        return Response(status_code=304, headers=headers)
    if zipped:
        headers["content-encoding"] = "gzip"
    return Response(document.zipped if zipped else document.body, media_type=document.content_type, headers=headers)


def _unchanged(request: Request, document: Document) -> bool:
    """If-None-Match decides where it is there (weakly compared, section 13.1.2); else If-Modified-Since."""
    tags = request.headers.getlist("if-none-match")
    if tags:
        given = {tag.strip().removeprefix("W/") for line in tags for tag in line.split(",")}
        return bool({"*", f'"{document.etag}"', f'"{document.etag}-gzip"'} & given)
    since = _date(request.headers.get("if-modified-since"))
    return since is not None and document.changed <= since


def _date(value: str | None) -> datetime | None:
    try:
        found = email.utils.parsedate_to_datetime(value) if value else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None  # an invalid date is ignored (section 13.1.3)
    return found if found is not None and found.tzinfo is not None else None


def _takes_gzip(accept: str) -> bool:
    """Whether Accept-Encoding names gzip (or anything) with a weight above zero."""
    weights: dict[str, float] = {}
    for item in accept.lower().split(",")[:20]:
        name, _, weight = item.replace(" ", "").replace("\t", "").partition(";q=")
        try:
            weights[name] = float(weight or 1)
        except ValueError:
            weights[name] = 0.0
    return weights.get("gzip", weights.get("*", 0.0)) > 0
