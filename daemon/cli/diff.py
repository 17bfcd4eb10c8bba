"""``bantin diff``: how a story changed."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from daemon.cli.common import AsJson, ConfigFile, configuration, local, looking, note, print_json, say, usage
from feeds.deciding.difference import Difference, Run, compare
from feeds.deciding.identity import key
from feeds.model import Revision, Story

if TYPE_CHECKING:
    from state.store import Store

_ID_START = re.compile(r"(?:urn:uuid:)?([0-9a-f][0-9a-f-]{3,35})", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]{1,18}")
_MARKS = {"equal": "{}", "delete": "[-{}-]", "insert": "{{+{}+}}"}
_COLOURS = {"equal": "{}", "delete": "\x1b[31;9m{}\x1b[0m", "insert": "\x1b[32m{}\x1b[0m"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(diff)


def diff(
    article: Annotated[
        str, typer.Argument(help="A number of bantin articles, an address, or (the beginning of) an id.")
    ],
    revisions: Annotated[list[int] | None, typer.Argument(metavar="[REV REV]", help="Default: the last two.")] = None,
    source: Annotated[str, typer.Option(help="Of this source, where several have the story.")] = "",
    config: ConfigFile = None,
    as_json: AsJson = False,
) -> None:
    """Show how a story changed, word by word."""
    chosen = tuple(revisions or ())
    if len(chosen) not in (0, 2):
        raise usage("name two revisions, or none for the last two")
    with looking(configuration(config)) as store:
        story, kept = _the_one(store, article, source)
    pair = _pair(kept, chosen)
    difference = compare(pair[0].article, pair[1].article) if pair else None
    if as_json:
        print_json(_json(story, kept, pair, difference))
        return
    _say_story(story, kept)
    if pair and difference:
        _say_difference(pair, difference)


def _the_one(store: Store, article: str, source: str) -> tuple[Story, list[Revision]]:
    """The story that ``article`` names, with the revisions whose texts are kept."""
    found = [(of, name) for of, name in _found(store, article) if source in ("", of)]
    if not found:
        where = f" of source {source!r}" if source else ""
        note(f"bantin: no story {article!r}{where}; bantin articles lists them")
        raise typer.Exit(1)
    names = list(dict.fromkeys(name for _, name in found))
    if len(names) > 1:
        raise usage(f"{article!r} is the beginning of several ids: {', '.join(names[:5])}; write more of it")
    if len(found) > 1:
        raise usage(f"{article!r} is a story of {', '.join(of for of, _ in found)}; choose one with --source")
    return store.story(names[0], found[0][0])[0]


def _found(store: Store, article: str) -> list[tuple[str, str]]:
    if "://" in article:
        try:
            return store.find(key=key(article))
        except ValueError:
            raise usage(f"{article!r} is no web address") from None
    if _NUMBER.fullmatch(article) and (numbered := store.find(number=int(article))):
        return numbered
    start = _ID_START.fullmatch(article)
    return store.find(start=f"urn:uuid:{start[1].lower()}") if start else []


def _pair(kept: Sequence[Revision], chosen: tuple[int, ...]) -> tuple[Revision, Revision] | None:
    """The two revisions to compare; None where there are not two."""
    if not chosen:
        return (kept[-2], kept[-1]) if len(kept) > 1 else None
    by_number = {revision.number: revision for revision in kept}
    for number in chosen:
        if number not in by_number:
            there = ", ".join(map(str, by_number)) or "none (their texts were forgotten: keep_days)"
            raise usage(f"no revision {number}; there are: {there}")
    return by_number[chosen[0]], by_number[chosen[1]]


def _json(
    story: Story, kept: Sequence[Revision], pair: tuple[Revision, Revision] | None, difference: Difference | None
) -> dict[str, object]:
    return {
        "entry_id": story.entry_id,
        "source": story.source_id,
        "url": story.url,
        "noisy": story.noisy,
        "removed": story.removed,
        "revisions": [{"number": r.number, "seen_at": r.seen_at, "title": r.article.title} for r in kept],
        "compared": [revision.number for revision in pair] if pair else None,
        "difference": difference,
    }


def _say_story(story: Story, kept: Sequence[Revision]) -> None:
    say(kept[-1].article.title if kept else "(its text was forgotten: keep_days)")
    say(f"{story.url}\n{story.source_id}, {story.entry_id}")
    if story.removed:
        say(f"withdrawn by the site, found on {local(story.removed)}")
    if story.noisy:
        say("noisy: it changed at nearly every look, and further changes are not told")
    if len(kept) == 1:
        say(f"there is one revision only, seen on {local(kept[0].seen_at)}")
    elif len(kept) > 2:
        say("")
        for revision in kept:
            say(f"  revision {revision.number}, seen on {local(revision.seen_at)}")


def _say_difference(pair: tuple[Revision, Revision], difference: Difference) -> None:
    old, new = pair
    what = ", ".join(difference.fields) or "nothing in title, summary and text but spaces and punctuation marks"
    say(f"\nrevision {old.number} ({local(old.seen_at)}) to {new.number} ({local(new.seen_at)}): {what}")
    style = _COLOURS if _coloured() else _MARKS
    for name in difference.fields:
        runs: tuple[Run, ...] = getattr(difference, name, ())
        if not runs:  # another recording: it has no words
            continue
        print(f"\n{name}:\n{''.join(_shown(run, style) for run in runs).rstrip()}")


def _shown(run: Run, style: dict[str, str]) -> str:
    """A run in its style, the space after it outside: the marks stand beside words."""
    from feeds.reading.text import printable

    text = printable(run.text)
    bare = text.rstrip()
    return style[run.op].format(bare) + text[len(bare) :] if bare else text


def _coloured() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
