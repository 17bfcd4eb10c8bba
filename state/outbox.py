"""The outbox: events, and their deliveries to endpoints.

What is pending goes oldest first, but for what waits for another attempt; of one story (`subject`) nothing goes before
what was made earlier. A delivery that was claimed once was perhaps sent (`tried`): it never joins a digest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal,
    not_,
    or_,
    select,
    true,
)

from feeds.model import DIGEST, Attempt, Delivery, EndpointState, Event, Terms, Verdict, Waiting
from state import databases, rows
from state.clusters import NEVER
from state.connections import reading, writing
from state.part import Part, chunks, free, hold, insert_or_update, writes
from state.store import Due, Wanted
from state.tables import attempts, deliveries, endpoints, events, stories

ANYTHING = Terms()
FARTHEST = 3 * 86_400_000  # milliseconds: nothing is put off for longer, unless a clock was set back
COMPARED_WITHIN = 60_000  # milliseconds that a story has to be compared with others before it goes as it is
GATHERED_BYTES = 16_000_000  # of the events that one digest is made of

# Written into the statement: partial indexes are of use only where the planner sees the word.
_PENDING = literal("pending", literal_execute=True)
_earlier, _its_event = deliveries.alias("earlier"), events.alias("its_event")
# Whether something about the same story was made before, and is still on its way.
_WAITS_FOR_EARLIER = (
    select(literal(1))
    .where(
        _earlier.c.endpoint_id == deliveries.c.endpoint_id,
        _earlier.c.subject == deliveries.c.subject,
        _earlier.c.state == _PENDING,
        _earlier.c.id < deliveries.c.id,
    )
    .exists()
)
_WITH_EVENT = select(
    deliveries.c.id.label("number"), deliveries.c.attempts, deliveries.c.forgiven, deliveries.c.endpoint_id, events
).join(events, events.c.id == deliveries.c.event_id)


# What was never sent is due whatever the clock says: it may have been set back since.
_DUE: tuple[ColumnElement[bool], ...] = (
    deliveries.c.state == _PENDING,
    deliveries.c.digest_id.is_(None),
    or_(deliveries.c.due_at <= bindparam("now"), not_(deliveries.c.tried), deliveries.c.due_at > bindparam("far")),
    or_(deliveries.c.lease_until.is_(None), deliveries.c.lease_until <= bindparam("now")),
)
# The endpoints, of those asked for, that have something due and may get it, whatever their terms are.
_HAVE_DUE = (
    select(endpoints.c.id)
    .where(
        endpoints.c.id.in_(bindparam("names", expanding=True)),
        endpoints.c.disabled_at.is_(None),
        or_(
            endpoints.c.resume_at.is_(None),
            endpoints.c.resume_at <= bindparam("now"),
            endpoints.c.resume_at > bindparam("far"),
        ),
        select(literal(1)).where(deliveries.c.endpoint_id == endpoints.c.id, *_DUE).exists(),
    )
    .order_by(endpoints.c.id)  # always in the same order: two that lock them wait for each other, and not for ever
)
_LEASED = (
    deliveries.update()
    .where(deliveries.c.id.in_(bindparam("numbers", expanding=True)))
    .values(lease_owner=bindparam("owner"), lease_until=bindparam("until_then"), tried=True)
)
_ENDPOINT = select(endpoints).where(endpoints.c.id == bindparam("endpoint")).with_for_update()
_FIRST = (
    stories.update()
    .where(
        stories.c.source_id == bindparam("of"), stories.c.entry_id == bindparam("entry"), stories.c.delivered.is_(None)
    )
    .values(delivered=bindparam("at"))
)
_DONE = (
    deliveries.update()
    .where(
        deliveries.c.id == bindparam("number_of"),
        deliveries.c.state == _PENDING,
        deliveries.c.attempts == bindparam("before"),
    )
    .values(
        state=bindparam("becomes"),
        attempts=bindparam("made"),
        due_at=bindparam("due"),
        done_at=bindparam("done"),
        forgiven=deliveries.c.forgiven + bindparam("excused"),
        lease_owner=None,
        lease_until=None,
    )
)
_FARES = endpoints.update().where(endpoints.c.id == bindparam("of"))


class Outbox(Part):
    """Events on their way out."""

    @writes
    def claim_deliveries(
        self, owner: str, endpoint_id: str, limit: int, lease: float, terms: Terms = ANYTHING
    ) -> list[Due]:
        (found,) = self.claim_for(owner, [Wanted(endpoint_id, limit, terms)], lease)
        return found

    @writes
    def claim_for(self, owner: str, wanted: Sequence[Wanted], lease: float) -> list[list[Due]]:
        now = self.now()
        found: dict[str, list[Due]] = {}
        asked = {item.endpoint_id: item for item in wanted if not item.terms.quiet and item.limit > 0}
        if asked and databases.of(self.engine).ONE_WRITER:
            with reading(self.engine) as tx:  # most ticks find nothing, and should not stand in line to write
                asked = {name: asked[name] for name in _with_due(tx, asked, now)}
        if asked:
            with writing(self.engine, durable=False) as tx:
                for name in _with_due(tx, asked, now):
                    found[name] = _claim(tx, owner, asked[name], now, now + int(lease * 1000))
        return [found.get(item.endpoint_id, []) for item in wanted]

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
        for due, attempt, verdict in outcomes:
            if verdict.state == "delivered":
                self._note_first(due, rows.millis(attempt.at))
        return [found.get(due.id) for due, _, _ in outcomes]

    def _note_first(self, due: Due, at: int) -> None:
        """When a new story, or each of those that a digest told, reached its first receiver.

        One row at a time, by itself: who holds deliveries and waits for stories may be waited for by whoever polls.
        """
        told = [(due.event.source_id, due.event.entry_id)] if due.event.type == "article.published" else []
        if due.event.type == DIGEST:
            carried = select(events.c.source_id, events.c.entry_id).join(
                deliveries, deliveries.c.event_id == events.c.id
            )
            with reading(self.engine) as tx:
                new = carried.where(deliveries.c.digest_id == due.id, events.c.type == "article.published")
                told = [(row.source_id, row.entry_id) for row in tx.execute(new)]
        for source_id, entry_id in told:
            with writing(self.engine, durable=False) as tx:
                tx.execute(_FIRST, {"of": source_id, "entry": entry_id, "at": at})

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
            found = tx.execute(endpoints.update().where(endpoints.c.id == endpoint_id).values(FRESH)).rowcount == 1
            _due_now(tx, endpoint_id, self.now())
        return found

    # -- digests

    def waiting(self, endpoint_id: str, terms: Terms, limit: int) -> list[Waiting]:
        now = self.now()
        together: list[ColumnElement[bool]] = [deliveries.c.held] if terms.rate else []
        if terms.gathered is not None:
            # What was made by a clock that has been set back since goes with the next digest.
            until = rows.millis(terms.gathered)
            together.append(or_(events.c.created <= until, events.c.created > now + FARTHEST))
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
        count = self._put(numbers, ("dead", "dropped", "pending"), values)
        if count:
            self._go_on(numbers)
        return count

    def _go_on(self, numbers: Sequence[int]) -> None:
        """Who asks for an attempt does not want to wait for an endpoint's pause after its failures to be over."""
        named = select(deliveries.c.endpoint_id).where(deliveries.c.id.in_(bindparam("some", expanding=True)))
        with writing(self.engine) as tx:
            of = {name for some in chunks(sorted(set(numbers))) for name in tx.scalars(named, {"some": some})}
            for name in sorted(of):  # in the order in which all who write to endpoints lock them
                tx.execute(endpoints.update().where(endpoints.c.id == name).values(resume_at=None))

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
                which = and_(
                    deliveries.c.id.in_(some),
                    deliveries.c.digest_id.is_(None),
                    deliveries.c.state.in_(states),
                    free(deliveries, now),
                )
                mine = hold(tx, deliveries, which)
                changed = or_(
                    deliveries.c.id.in_(mine), and_(deliveries.c.digest_id.in_(mine), deliveries.c.state.in_(states))
                )
                count += tx.execute(deliveries.update().where(changed).values(values)).rowcount
        return count


def _with_due(tx: Connection, asked: Mapping[str, Wanted], now: int) -> list[str]:
    names = {"names": list(asked), "now": now, "far": now + FARTHEST}
    return list(tx.scalars(_HAVE_DUE, names))


def _claim(tx: Connection, owner: str, item: Wanted, now: int, until: int) -> list[Due]:
    """What may go to one endpoint now, leased until then."""
    terms = item.terms
    state = _held(tx, item.endpoint_id)  # first: whoever changes an endpoint's deliveries holds the endpoint
    if terms.merge:
        _settle_merged(tx, item.endpoint_id, now)
    room = _room(tx, item.endpoint_id, state, item.limit, now, terms)
    if room <= 0:
        return []
    query = _claiming(
        terms.gathered is not None,
        terms.alone,
        terms.merge,
        terms == ANYTHING,
        limited=terms.rate is not None,
        broken=_is_broken(state, terms),
    )
    found = tx.execute(query, _asked(item, now, room)).mappings().all()
    if found:
        tx.execute(_LEASED, {"numbers": [row["number"] for row in found], "owner": owner, "until_then": until})
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


def store_events(tx: Connection, made: Sequence[Event], told: Sequence[Delivery]) -> None:
    """Events and their deliveries; those that are there already stay as they are."""
    about = {event.id: event.entry_id or event.source_id or event.id for event in made}
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


FRESH = {"disabled_at": None, "disabled_why": None, "failures": 0, "missing": 0, "resume_at": None}


@cache
def _claiming(gathered: bool, alone: bool, merge: bool, anything: bool, *, limited: bool, broken: bool) -> Select[Any]:
    """The query for deliveries that may go now, but for the rate; built once for each kind of terms.

    Takes ``endpoint``, ``now``, ``far``, ``until`` (of `Terms.gathered`), ``old`` and ``room``.
    """
    may: list[ColumnElement[bool]] = [deliveries.c.tried, events.c.type == DIGEST]
    if alone:
        # Held back by a rate that is no more: nothing holds it now.
        by_itself: list[ColumnElement[bool]] = [not_(deliveries.c.held)] if limited else [true()]
        if gathered:
            by_itself.append(events.c.created > bindparam("until"))
        if merge:
            by_itself.append(not_(_is_to_be_compared()))
        may.append(and_(*by_itself))
    query = _WITH_EVENT.where(
        deliveries.c.endpoint_id == bindparam("endpoint"),
        *_DUE,
        not_(_WAITS_FOR_EARLIER),
        *([] if anything else [or_(*may)]),
    )
    # One to see whether the endpoint is back is one that was tried least: none is used up by that.
    order = [deliveries.c.attempts] if broken else []
    query = query.order_by(*order, deliveries.c.id).limit(bindparam("room"))
    return query.with_for_update(skip_locked=True, of=deliveries)


def _asked(item: Wanted, now: int, room: int) -> dict[str, Any]:
    """The values of that query; those that a kind of terms does not ask for are left out by the database."""
    values: dict[str, Any] = {"endpoint": item.endpoint_id, "now": now, "far": now + FARTHEST, "room": room}
    if item.terms.gathered is not None and item.terms.alone:
        values["until"] = rows.millis(item.terms.gathered)
    if item.terms.merge and item.terms.alone:
        values["old"] = now - COMPARED_WITHIN
    return values


def _fresh(endpoint_id: str, now: int) -> list[ColumnElement[bool]]:
    """Deliveries that nobody ever sent."""
    return [
        deliveries.c.endpoint_id == endpoint_id,
        deliveries.c.state == _PENDING,
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
            _earlier.c.state == _PENDING,
            _earlier.c.tried,
            _earlier.c.id < table.c.id,
        )
        .exists()
    )


def _is_to_be_compared() -> ColumnElement[bool]:
    """Whether the new story of a delivery was not compared with others yet, and may be in a moment."""
    return (
        select(literal(1))
        .select_from(_its_event.join(stories, _same_story(_its_event, stories)))
        .where(
            _its_event.c.id == deliveries.c.event_id,
            _its_event.c.type == "article.published",
            _its_event.c.created > bindparam("old"),
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
    return tx.execute(_ENDPOINT, {"endpoint": endpoint_id}).mappings().first()


def _failures(state: RowMapping | None) -> int:
    return state["failures"] if state is not None else 0


def _is_broken(state: RowMapping | None, terms: Terms) -> bool:
    return bool(terms.broken) and _failures(state) >= terms.broken


def _room(tx: Connection, endpoint_id: str, state: RowMapping | None, limit: int, now: int, terms: Terms) -> int:
    """How many may go at this moment. What is beyond the rate is marked: it joins the next digest."""
    mine = and_(deliveries.c.endpoint_id == endpoint_id, deliveries.c.digest_id.is_(None))
    under_way = and_(mine, deliveries.c.state == _PENDING, deliveries.c.lease_until > now)
    if _is_broken(state, terms):
        limit = 0 if tx.execute(select(deliveries.c.id).where(under_way).limit(1)).first() else 1
    if terms.rate is None:
        return limit
    since = now - int(terms.rate.seconds * 1000)
    sent = and_(mine, deliveries.c.state == "delivered", deliveries.c.done_at > since, deliveries.c.done_at <= now)
    spent = sum(tx.scalar(select(func.count()).where(which)) or 0 for which in (sent, under_way))
    room = terms.rate.count - spent
    if room <= 0 and state is not None:
        tx.execute(deliveries.update().where(*_fresh(endpoint_id, now)).values(held=True))
    return min(limit, room)


def _record_delivery(tx: Connection, due: Due, attempt: Attempt, verdict: Verdict) -> None:
    number, at = due.attempts + 1, rows.millis(attempt.at)
    done = None if verdict.state == "pending" else at
    values = {
        "number_of": due.id,
        "before": due.attempts,
        "becomes": verdict.state,
        "made": number,
        "due": rows.maybe_millis(verdict.due_at) or at,
        "done": done,
        "excused": int(verdict.excused),
    }
    changed = tx.execute(_DONE, values).rowcount
    if changed and done is not None and due.event.type == DIGEST:
        carried = and_(deliveries.c.digest_id == due.id, deliveries.c.state == _PENDING)
        tx.execute(deliveries.update().where(carried).values(state=verdict.state, done_at=done))
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
    tx.execute(_FARES, {"of": before["id"], **values})
    return endpoint_state(dict(before) | values)  # type: ignore[arg-type]


def _due_now(tx: Connection, endpoint_id: str, now: int) -> None:
    """Its backlog, as soon as the endpoint is back."""
    waits = and_(deliveries.c.endpoint_id == endpoint_id, deliveries.c.state == _PENDING, deliveries.c.due_at > now)
    tx.execute(deliveries.update().where(waits).values(due_at=now))
