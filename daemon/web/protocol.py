"""HTTP/1.1 as uvicorn speaks it with httptools, a parser in C, and a limit to the head of a request."""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD = 32 * 1024  # bytes of a request before its body; httptools itself would gather without an end


class Protocol(HttpToolsProtocol):
    """Refuses a request whose head is still not complete after `MAX_HEAD` bytes."""

    _unread = 0  # bytes received since a head was complete, or a piece of a body there

    def data_received(self, data: bytes) -> None:
        """Bytes from the client."""
        self._unread += len(data)
        super().data_received(data)
        if self._unread > MAX_HEAD and not self.transport.is_closing():
            self.send_400_response("The head of the request is too long.")

    def on_headers_complete(self) -> None:
        """The head is there."""
        self._unread = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of a body is there: it waits to be taken, and `uvicorn` stops reading while too much of it does."""
        self._unread = 0
        super().on_body(body)
