"""The outbox: events, and their deliveries to endpoints.

What is pending goes oldest first, but for what waits for another attempt; of one story (`subject`) nothing goes before
what was made earlier. A delivery that was claimed once was perhaps sent (`tried`): it never joins a digest.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, RowMapping, and_, case, func, literal, not_, or_, select

from feeds.model import DIGEST, Attempt, Delivery, EndpointState, Event, Terms, Verdict, Waiting
from state import rows
from state.clusters import NEVER
from state.connections import reading, writing
from state.part import Part, chunks, free, insert_or_update, writes
from state.store import Due
from state.tables import attempts, deliveries, endpoints, events, stories

ANYTHING = Terms()
FARTHEST = 3 * 86_400_000  # milliseconds: nothing is put off for longer, unless a clock was set back
COMPARED_WITHIN = 60_000  # milliseconds that a story has to be compared with others before it goes as it is
GATHERED_BYTES = 16_000_000  # of the events that one digest is made of

_earlier, _its_event = deliveries.alias("earlier"), events.alias("its_event")
# Whether something about the same story was made before, and is still on its way.
_WAITS_FOR_EARLIER = (
    select(literal(1))
    .where(
        _earlier.c.endpoint_id == deliveries.c.endpoint_id,
        _earlier.c.subject == deliveries.c.subject,
        _earlier.c.state == "pending",
        _earlier.c.id < deliveries.c.id,
    )
    .exists()
)
_WITH_EVENT = select(
    deliveries.c.id.label("number"), deliveries.c.attempts, deliveries.c.forgiven, deliveries.c.endpoint_id, events
).join(events, events.c.id == deliveries.c.event_id)


class Outbox(Part):
    """Events on their way out."""

    @writes
    def claim_deliveries(
        self, owner: str, endpoint_id: str, limit: int, lease: float, terms: Terms = ANYTHING
    ) -> list[Due]:
        now = self.now()
        which = and_(*_claimable(endpoint_id, now, terms))
        if terms.quiet or self.nothing(select(deliveries.c.id).where(which).limit(1)):
            return []
        with writing(self.engine, durable=False) as tx:
            if terms.merge:
                _settle_merged(tx, endpoint_id, now)
            state = _held(tx, endpoint_id)
            room = _room(tx, endpoint_id, state, limit, now, terms)
            if room <= 0:
                return []
            query = _WITH_EVENT.where(which).limit(room)
            # One to see whether the endpoint is back is one that was tried least: none is used up by that.
            order = [deliveries.c.attempts] if _is_broken(state, terms) else []
            query = query.order_by(*order, deliveries.c.id)
            found = tx.execute(query.with_for_update(skip_locked=True, of=deliveries)).mappings().all()
            if found:
                claimed = deliveries.update().where(deliveries.c.id.in_([row["number"] for row in found]))
                until = now + int(lease * 1000)
                tx.execute(claimed.values(lease_owner=owner, lease_until=until, tried=True))
        return [
            Due(
                id=row["number"],
                endpoint_id=row["endpoint_id"],
                event=event_of(row),
                attempts=row["attempts"],
                forgiven=row["forgiven"],
                failures=_failures(state),
            )
            for row in found
        ]

    @writes
    def record(self, outcomes: Sequence[tuple[Due, Attempt, Verdict]]) -> list[EndpointState | None]:
        found: dict[int, EndpointState | None] = {}
        with writing(self.engine, durable=False) as tx:
            # Always in the same order: two processes that record wait for each other, and not for ever.
            for due, attempt, verdict in sorted(outcomes, key=lambda item: (item[0].endpoint_id, item[0].id)):
                state = _held(tx, due.endpoint_id)
                _record_delivery(tx, due, attempt, verdict)
                if state is not None:
                    found[due.id] = _record_endpoint(tx, state, attempt, verdict)
        return [found.get(due.id) for due, _, _ in outcomes]

    @writes
    def disable(self, endpoint_id: str, why: str, at: datetime, event: Event, told: Sequence[Delivery]) -> bool:
        with writing(self.engine) as tx:
            which = and_(endpoints.c.id == endpoint_id, endpoints.c.disabled_at.is_(None))
            values = {"disabled_at": rows.millis(at), "disabled_why": why}
            if tx.execute(endpoints.update().where(which).values(values)).rowcount != 1:
                return False
            store_events(tx, [event], told)
        return True

    @writes
    def enable(self, endpoint_id: str) -> bool:
        with writing(self.engine) as tx:
            found = tx.execute(endpoints.update().where(endpoints.c.id == endpoint_id).values(_FRESH)).rowcount == 1
            _due_now(tx, endpoint_id, self.now())
        return found

    # -- digests

    def waiting(self, endpoint_id: str, terms: Terms, limit: int) -> list[Waiting]:
        now = self.now()
        together: list[ColumnElement[bool]] = [deliveries.c.held] if terms.rate else []
        if terms.gathered is not None:
            made = events.c.created <= rows.millis(terms.gathered)
            together.append(made)
        if not together:
            return []
        query = (
            _WITH_EVENT.add_columns(stories.c.cluster, func.length(events.c.payload).label("bytes"))
            .outerjoin(
                stories, and_(stories.c.source_id == events.c.source_id, stories.c.entry_id == events.c.entry_id)
            )
            .where(*_fresh(endpoint_id, now), or_(*together), not_(_after_tried(deliveries)), events.c.type != DIGEST)
            .order_by(deliveries.c.id)
            .limit(limit)
        )
        with reading(self.engine) as tx:
            if terms.rate is not None and _room(tx, endpoint_id, None, 1, now, terms) <= 0:
                return []
            found: list[Waiting] = []
            size = 0
            for row in tx.execute(query.execution_options(yield_per=20)).mappings():
                size += row["bytes"]
                if found and size > GATHERED_BYTES:
                    break
                cluster = row["cluster"] if row["cluster"] not in (None, NEVER) else None
                found.append(Waiting(id=row["number"], event=event_of(row), cluster=cluster))
            return found

    @writes
    def gather(self, endpoint_id: str, waiting: Sequence[Waiting], event: Event) -> bool:
        numbers, now = [item.id for item in waiting], self.now()
        with writing(self.engine) as tx:
            _held(tx, endpoint_id)  # one process at a time makes an endpoint's digests
            still = [
                number
                for some in chunks(numbers)
                for number in tx.scalars(
                    select(deliveries.c.id).where(*_fresh(endpoint_id, now), deliveries.c.id.in_(some))
                )
            ]
            if len(still) != len(numbers):
                return False  # another one was faster
            store_events(tx, [event], [Delivery(event_id=event.id, endpoint_id=endpoint_id)])
            made = select(deliveries.c.id).where(
                deliveries.c.event_id == event.id, deliveries.c.endpoint_id == endpoint_id
            )
            number = tx.scalars(made).one()
            for some in chunks(numbers):
                tx.execute(deliveries.update().where(deliveries.c.id.in_(some)).values(digest_id=number))
        return True

    # -- by hand

    @writes
    def retry(self, numbers: Sequence[int]) -> int:
        values = {"state": "pending", "forgiven": deliveries.c.attempts, "done_at": None, "reason": None}
        return self._put(numbers, ("dead", "dropped", "pending"), values)

    @writes
    def drop(self, numbers: Sequence[int]) -> int:
        values = {"state": "dropped", "done_at": self.now(), "reason": "dropped by hand"}
        return self._put(numbers, ("pending", "dead"), values)

    def _put(self, numbers: Sequence[int], states: tuple[str, ...], values: dict[str, Any]) -> int:
        """Deliveries in one of these states into another one, with those that a digest among them carries."""
        now, count = self.now(), 0
        values = {"due_at": now, "lease_owner": None, "lease_until": None, **values}
        with writing(self.engine) as tx:
            for some in chunks(sorted(set(numbers))):
                mine = or_(deliveries.c.id.in_(some), deliveries.c.digest_id.in_(some))
                which = and_(mine, deliveries.c.state.in_(states), free(deliveries, now))
                count += tx.execute(deliveries.update().where(which).values(values)).rowcount
        return count


def store_events(tx: Connection, made: Sequence[Event], told: Sequence[Delivery]) -> None:
    """Events and their deliveries; those that are there already stay as they are."""
    about = {event.id: event.entry_id or event.source_id or event.type for event in made}
    created = {event.id: rows.millis(event.created) for event in made}
    tx.execute(
        insert_or_update(tx, events, ("id",)),
        [msgspec.structs.asdict(event) | {"created": created[event.id]} for event in made],
    )
    if told:
        tx.execute(
            insert_or_update(tx, deliveries, ("event_id", "endpoint_id")),
            [
                {
                    "event_id": item.event_id,
                    "endpoint_id": item.endpoint_id,
                    "state": "pending",
                    "attempts": 0,
                    "due_at": created[item.event_id],
                    "subject": about[item.event_id],
                }
                for item in told
            ],
        )


def event_of(row: Any) -> Event:
    """The event of a row of `events`."""
    values = {name: row[name] for name in ("type", "source_id", "payload", "entry_id", "revision")}
    return Event(id=row["id"], created=rows.moment(row["created"]), **values)


def endpoint_state(row: RowMapping) -> EndpointState:
    """The state in a row of `endpoints`."""
    times = ("disabled_at", "resume_at", "last_attempt", "last_success")
    plain = ("id", "disabled_why", "failures", "missing", "last_error")
    values: dict[str, Any] = {name: row[name] for name in plain}
    return EndpointState(**values | {name: rows.maybe_moment(row[name]) for name in times})


_FRESH = {"disabled_at": None, "disabled_why": None, "failures": 0, "missing": 0, "resume_at": None}


def _claimable(endpoint_id: str, now: int, terms: Terms) -> list[ColumnElement[bool]]:
    """Deliveries that may go now, but for the rate."""
    alone = [deliveries.c.tried, deliveries.c.subject == DIGEST]
    if terms.alone:
        by_itself = [not_(deliveries.c.held)]
        if terms.gathered is not None:
            by_itself.append(_created() > rows.millis(terms.gathered))
        if terms.merge:
            by_itself.append(not_(_is_to_be_compared(now)))
        alone.append(and_(*by_itself))
    may = select(endpoints.c.id).where(
        endpoints.c.id == endpoint_id,
        endpoints.c.disabled_at.is_(None),
        or_(endpoints.c.resume_at.is_(None), endpoints.c.resume_at <= now, endpoints.c.resume_at > now + FARTHEST),
    )
    return [
        deliveries.c.endpoint_id == endpoint_id,
        deliveries.c.state == "pending",
        deliveries.c.digest_id.is_(None),
        # What was never sent is due whatever the clock says: it may have been set back since.
        or_(deliveries.c.due_at <= now, not_(deliveries.c.tried), deliveries.c.due_at > now + FARTHEST),
        free(deliveries, now),
        not_(_WAITS_FOR_EARLIER),
        may.exists(),
        *([or_(*alone)] if terms != ANYTHING else []),
    ]


def _fresh(endpoint_id: str, now: int) -> list[ColumnElement[bool]]:
    """Deliveries that nobody ever sent."""
    return [
        deliveries.c.endpoint_id == endpoint_id,
        deliveries.c.state == "pending",
        deliveries.c.digest_id.is_(None),
        not_(deliveries.c.tried),
        free(deliveries, now),
    ]


def _after_tried(table: Any) -> ColumnElement[bool]:
    """Whether something earlier about the same story was sent by itself, and is still on its way."""
    return (
        select(literal(1))
        .where(
            _earlier.c.endpoint_id == table.c.endpoint_id,
            _earlier.c.subject == table.c.subject,
            _earlier.c.state == "pending",
            _earlier.c.tried,
            _earlier.c.id < table.c.id,
        )
        .exists()
    )


def _created() -> Any:
    return select(_its_event.c.created).where(_its_event.c.id == deliveries.c.event_id).scalar_subquery()


def _is_to_be_compared(now: int) -> ColumnElement[bool]:
    """Whether the new story of a delivery was not compared with others yet, and may be in a moment."""
    return (
        select(literal(1))
        .select_from(_its_event.join(stories, _same_story(_its_event, stories)))
        .where(
            _its_event.c.id == deliveries.c.event_id,
            _its_event.c.type == "article.published",
            _its_event.c.created > now - COMPARED_WITHIN,
            stories.c.cluster.is_(None),
        )
        .exists()
    )


def _same_story(one: Any, other: Any) -> ColumnElement[bool]:
    return and_(one.c.source_id == other.c.source_id, one.c.entry_id == other.c.entry_id)


def _settle_merged(tx: Connection, endpoint_id: str, now: int) -> None:
    """Let go of alerts on stories that another source told first, and the endpoint heard of; and what follows them."""
    first, its_event, its_story = deliveries.alias(), events.alias(), stories.alias()
    told = (
        select(literal(1))
        .select_from(
            first.join(its_event, its_event.c.id == first.c.event_id).join(its_story, _same_story(its_event, its_story))
        )
        .where(
            first.c.endpoint_id == endpoint_id,
            first.c.id < deliveries.c.id,
            first.c.state.not_in(("merged", "dropped")),
            its_event.c.type == "article.published",
            its_story.c.cluster == stories.c.cluster,
            its_story.c.id != stories.c.id,
        )
    )
    earlier, earlier_event = deliveries.alias(), events.alias()
    dropped = (
        select(literal(1))
        .select_from(earlier.join(earlier_event, earlier_event.c.id == earlier.c.event_id))
        .where(earlier.c.endpoint_id == endpoint_id, earlier.c.state == "merged", _same_story(earlier_event, events))
    )
    merged = (
        select(deliveries.c.id)
        .join(events, events.c.id == deliveries.c.event_id)
        .join(stories, _same_story(events, stories))
        .where(
            *_fresh(endpoint_id, now),
            case(
                (events.c.type == "article.published", and_(stories.c.cluster != NEVER, told.exists())),
                else_=dropped.exists(),
            ),
        )
    )
    numbers = list(tx.scalars(merged))
    values = {"state": "merged", "done_at": now, "reason": "another source told it first, and merge is on"}
    for some in chunks(numbers):
        tx.execute(deliveries.update().where(deliveries.c.id.in_(some)).values(values))


def _held(tx: Connection, endpoint_id: str) -> RowMapping | None:
    """The endpoint's row, held until the transaction ends."""
    query = select(endpoints).where(endpoints.c.id == endpoint_id)
    return tx.execute(query.with_for_update()).mappings().first()


def _failures(state: RowMapping | None) -> int:
    return state["failures"] if state is not None else 0


def _is_broken(state: RowMapping | None, terms: Terms) -> bool:
    return bool(terms.broken) and _failures(state) >= terms.broken


def _room(tx: Connection, endpoint_id: str, state: RowMapping | None, limit: int, now: int, terms: Terms) -> int:
    """How many may go at this moment. What is beyond the rate is marked: it joins the next digest."""
    mine = and_(deliveries.c.endpoint_id == endpoint_id, deliveries.c.digest_id.is_(None))
    under_way = and_(mine, deliveries.c.state == "pending", deliveries.c.lease_until > now)
    if _is_broken(state, terms):
        limit = 0 if tx.execute(select(deliveries.c.id).where(under_way).limit(1)).first() else 1
    if terms.rate is None:
        return limit
    since = now - int(terms.rate.seconds * 1000)
    sent = and_(mine, deliveries.c.state == "delivered", deliveries.c.done_at > since)
    spent = sum(tx.scalar(select(func.count()).where(which)) or 0 for which in (sent, under_way))
    room = terms.rate.count - spent
    if room <= 0 and state is not None:
        tx.execute(deliveries.update().where(*_fresh(endpoint_id, now)).values(held=True))
    return min(limit, room)


def _record_delivery(tx: Connection, due: Due, attempt: Attempt, verdict: Verdict) -> None:
    number, at = due.attempts + 1, rows.millis(attempt.at)
    done = {} if verdict.state == "pending" else {"done_at": at}
    which = and_(deliveries.c.id == due.id, deliveries.c.state == "pending", deliveries.c.attempts == due.attempts)
    due_at = rows.maybe_millis(verdict.due_at) or at
    values: dict[str, Any] = {"state": verdict.state, "attempts": number, "due_at": due_at, **done}
    if verdict.excused:
        values["forgiven"] = deliveries.c.forgiven + 1
    changed = tx.execute(deliveries.update().where(which).values(lease_owner=None, lease_until=None, **values)).rowcount
    if changed and done and due.event.type == DIGEST:
        carried = and_(deliveries.c.digest_id == due.id, deliveries.c.state == "pending")
        tx.execute(deliveries.update().where(carried).values(state=verdict.state, **done))
    tx.execute(
        insert_or_update(tx, attempts, ("delivery_id", "number")),
        {
            "delivery_id": due.id,
            "number": number,
            "at": at,
            "status": attempt.status,
            "error": attempt.error,
            "duration_ms": int(attempt.duration * 1000),
        },
    )


def _record_endpoint(tx: Connection, before: RowMapping, attempt: Attempt, verdict: Verdict) -> EndpointState:
    at = rows.millis(attempt.at)
    values: dict[str, Any]
    if attempt.is_good:
        values = {"failures": 0, "missing": 0, "resume_at": None, "last_attempt": at, "last_success": at}
        if verdict.back:
            _due_now(tx, before["id"], at)
    else:
        values = {
            "failures": before["failures"] + (not verdict.excused),
            "missing": before["missing"] + 1 if attempt.status == 404 else 0,
            "resume_at": rows.maybe_millis(verdict.resume_at),
            "last_attempt": at,
            "last_error": attempt.said,
        }
    tx.execute(endpoints.update().where(endpoints.c.id == before["id"]).values(values))
    return endpoint_state(dict(before) | values)  # type: ignore[arg-type]


def _due_now(tx: Connection, endpoint_id: str, now: int) -> None:
    """Its backlog, as soon as the endpoint is back."""
    waits = and_(deliveries.c.endpoint_id == endpoint_id, deliveries.c.state == "pending", deliveries.c.due_at > now)
    tx.execute(deliveries.update().where(waits).values(due_at=now))
