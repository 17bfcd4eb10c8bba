"""The store over SQLAlchemy Core. `state.store` says what each method promises.

Its parts follow the life of a story, a module each: `state.polls` (sources, leases, lists), `state.commits` (what a
poll found), `state.clusters` (who tells the same), `state.published`, `state.search`, `state.outbox`,
`state.subscriptions` (at hubs), `state.views` (what people look at), `state.upkeep`. What differs between databases is
in `state.databases`; what is done with a whole one, in `state.transfer`.
"""

from __future__ import annotations

from state import databases
from state.clusters import Clusters
from state.commits import Commits
from state.connections import open_engine
from state.outbox import Outbox
from state.part import Clock
from state.polls import Polls
from state.published import Published
from state.search import Search
from state.subscriptions import Subscriptions
from state.upkeep import Upkeep
from state.views import Views


class SqlStore(Polls, Commits, Clusters, Published, Search, Outbox, Subscriptions, Views, Upkeep):
    """A `Store` on the database that ``url`` names, which must be of this version's shape: see `upgrade` in
    `state.transfer.migrate`.

    ``clock`` is the database's own unless a test brings another.
    """

    def __init__(self, url: str, clock: Clock | None = None) -> None:
        engine = open_engine(url)
        super().__init__(engine, clock or databases.of(engine).clock(engine))

    def close(self) -> None:
        self.engine.dispose()
