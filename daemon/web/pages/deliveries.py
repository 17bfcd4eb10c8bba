"""The page of deliveries: how each endpoint fares, what arrived, and what waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from daemon.config import Config
from daemon.web.pages.actions import OF_ENDPOINTS
from daemon.web.pages.chart import hours
from daemon.web.pages.context import View
from feeds.model import Endpoint, EndpointState
from state.store import DeliveryRow, EndpointRow


def deliveries_page(
    config: Config,
    stored: Mapping[str, EndpointRow],
    arrived: Mapping[str, Mapping[datetime, tuple[int, int]]],
    waiting: Sequence[DeliveryRow],
    dead: Sequence[DeliveryRow],
    view: View,
    said: str = "",
) -> str:
    """How each endpoint fares, what arrived in the last day, what waits, and what was given up.

    ``said`` is what a change came to.
    """
    zone = config.zone
    return view.render(
        "deliveries.html",
        cards=[_endpoint(item, stored.get(item.id), arrived.get(item.id, {}), view, zone) for item in config.endpoints],
        rows=[_waiting(row, view, zone) for row in waiting],
        gone=[_waiting(row, view, zone) for row in dead],
        said=said,
        actions=[(name, view.language.say(key)) for name, key in OF_ENDPOINTS.items()],
        zone=zone.key,
    )


def _endpoint(
    endpoint: Endpoint,
    row: EndpointRow | None,
    arrived: Mapping[datetime, tuple[int, int]],
    view: View,
    zone: ZoneInfo,
) -> dict[str, Any]:
    state, language = row.state if row else EndpointState(id=endpoint.id), view.language
    resumes = state.resume_at if state.resume_at and state.resume_at > view.now else None
    return {
        "id": endpoint.id,
        "kind": endpoint.kind,
        "disabled": _clock(state.disabled_at, view, zone),
        "why": state.disabled_why,
        "enable": f"bantin notify enable {endpoint.id}",
        "retry": f"bantin deliveries retry --dead --to {endpoint.id}",
        "failures": state.failures,
        "error": state.last_error,
        "resume": _clock(resumes, view, zone),
        "last": language.ago(state.last_success, view.now) if state.last_success else "",
        "waiting": row.waiting if row else 0,
        "dead": row.dead if row else 0,
        "chart": hours(arrived, view.now, language),
    }


def _waiting(row: DeliveryRow, view: View, zone: ZoneInfo) -> dict[str, Any]:
    name = (row.entry_id or "").removeprefix("urn:uuid:")
    return {
        "about": row.title or row.source_id or row.type,
        "href": f"{view.root}articles/{name}/{view.query}" if name and row.title else "",
        "type": row.type,
        "to": row.endpoint_id,
        "cause": row.last_error or (f"HTTP {row.last_status}" if row.last_status else "–"),
        "id": row.id,
        "when": _clock(row.created, view, zone),
        "next": _clock(row.due_at, view, zone) if row.due_at > view.now else "",
    }


def _clock(moment: datetime | None, view: View, zone: ZoneInfo) -> str:
    shown = view.time(moment, zone)
    return shown[1] if shown else ""
