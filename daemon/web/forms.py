"""Forms that are posted to bantin: small, and read within bounds."""

from __future__ import annotations

from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

MAX_FORM = 8 * 1024  # bytes


async def read_form(request: Request, *names: str) -> list[str]:
    """The values of these fields, empty where one is not there. Raises `HTTPException` for what is no form of ours."""
    body = b""
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > MAX_FORM:
                raise HTTPException(413, "the form is too long")
    except ClientDisconnect:  # in the middle of it; nobody hears the answer
        raise HTTPException(400, "half a form") from None
    try:
        form = parse_qs(body.decode("utf-8", "replace"), max_num_fields=10)
    except ValueError:
        raise HTTPException(400, "the form has too many fields") from None
    return [form.get(name, [""])[0].strip() for name in names]
