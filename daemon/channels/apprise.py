"""Chats, pushes and mails, through the package apprise: a service's address is all that it needs.

It runs in a process of its own (`daemon.channels.apart`): apprise knows no guard and no limits, and reads whole
answers.
"""

from __future__ import annotations

from datetime import datetime

from daemon.channels import Answer, Hands, apart
from feeds.model import Endpoint, Event


async def send(event: Event, endpoint: Endpoint, at: datetime, hands: Hands) -> Answer:
    """Word the event as the service reads it, and have apprise send it."""
    sent = await hands.apart(endpoint.id, apart.sent, event.payload, endpoint.url, apart.Wording.of(endpoint))
    return Answer(status=sent.status, error=sent.error, accepted=sent.accepted)
