"""What a configuration may say and probably does not mean: told by ``bantin check``, and in the log at the start."""

from __future__ import annotations

import ipaddress
import re
import warnings
from collections.abc import Iterable, Iterator
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any
from urllib.parse import urlsplit

from daemon.config.config import Config, Network
from daemon.http.guard import Guard
from feeds.languages import LANGUAGES
from feeds.toml import quoted
from feeds.writing import directories

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*")  # RFC 5646: registered languages have 2 or 3 letters


def hints(config: Config, *, one_list: bool) -> tuple[str, ...]:
    """Lines for people; ``one_list``: the file has networks for pages alone, and they hold for webhooks as well."""
    return (
        *_networks(config, one_list),
        *_addresses(config),
        *_languages(config),
        *_patterns(config),
        *_tokens(config),
        *_podcasts(config),
        *_rules(config),
    )


def _networks(config: Config, one_list: bool) -> Iterator[str]:
    for hook in (endpoint for endpoint in config.endpoints if _refused(endpoint.url, config.deliver_networks)):
        yield (
            f"{hook.kind} {hook.id}: {urlsplit(hook.url).hostname} is in a network that is refused; "
            "list that network in [deliver] allow_networks"
        )
    if one_list and config.endpoints and config.fetch.allow_networks:
        yield (
            "[fetch] allow_networks holds for webhooks, too, since there is no [deliver] allow_networks; what is there "
            "for your webhooks belongs there, for every page may lead bantin into the networks of [fetch]"
        )


def _rules(config: Config) -> Iterator[str]:
    """Rules of endpoints that can never match."""
    for item in (endpoint for endpoint in config.endpoints if endpoint.channel != "websub"):
        said = f"{item.kind} {item.id}: "
        if not item.events:
            yield f"{said}events is empty; it gets nothing"
        if item.changes and "article.revised" not in item.events:
            yield f"{said}changes is about article.revised, which events does not name"
        if item.changes == ("images",):
            yield f"{said}changes asks for images alone; another picture is a revision of galleries only"
        about = [name for name in ("include", "exclude", "authors", "sections", "tags") if getattr(item, name)]
        if about and not any(name.startswith("article.") for name in item.events):
            yield f"{said}{', '.join(about)} is about stories, and events names none of them"
        if item.merge and "article.published" not in item.events:
            yield f"{said}merge is about article.published, which events does not name"
        both = sorted(set(item.include) & set(item.exclude))
        if both:
            yield f"{said}{quoted(both[0])} is in include and in exclude; no story has it and has it not"
        for name in ("sections", "tags"):
            mine, feeds = set(map(str.casefold, getattr(item, name))), map(config.feed, item.feeds)
            theirs = [set(map(str.casefold, getattr(feed, name))) for feed in feeds if feed is not None]
            if mine and theirs and all(names and not names & mine for names in theirs):
                yield f"{said}{name} has none of those that its feeds show; it gets no story"


def _refused(url: str, allowed: tuple[Network, ...]) -> bool:
    try:
        host = urlsplit(url).hostname or ""  # of a service that has one of its own, as ntfy://192.168.1.5/topic
        address = "127.0.0.1" if host == "localhost" else str(ipaddress.ip_address(host))
    except ValueError:  # a name; where it leads is known when it is asked for
        return False
    return not Guard(allowed).permits(address)


def _addresses(config: Config) -> Iterator[str]:
    for source in config.sources:
        for url in source.urls:
            if _refused(url, config.fetch.allow_networks):
                host = urlsplit(url).hostname
                yield f"source {source.id}: {host} is in a network that is refused; list it in [fetch] allow_networks"
    first: dict[str, str] = {}
    for source in config.sources:
        for url in source.urls:
            other = first.setdefault(url, source.id)
            if other != source.id:
                yield f"sources {other} and {source.id} watch one address, {url}: each of its stories is there twice"


def _languages(config: Config) -> Iterator[str]:
    named = [("source", item.id, item.language) for item in config.sources]
    named += [("feed", item.id, item.language) for item in config.feeds if config.source(item.id) is None]
    for kind, name, language in named:
        if language and not _LANGUAGE.fullmatch(language):
            code = next((code for code, item in LANGUAGES.items() if item.name.casefold() == language.casefold()), "")
            hint = f"did you mean {quoted(code)}?" if code else 'write a code, such as "en" or "vi"'
            yield f"{kind} {name}: language is {quoted(language)}; {hint}"


def _patterns(config: Config) -> Iterator[str]:
    named = [("source", item.id, (*item.include, *item.exclude)) for item in config.sources]
    named += [("feed", item.id, (*item.include, *item.exclude)) for item in config.feeds]
    for kind, name, patterns in named:
        for pattern in filter(repeats_repeated, patterns):
            yield (
                f"{kind} {name}: {quoted(pattern)} repeats what is repeated already, which may take for ever on some "
                "texts, and then decides nothing: write it simpler"
            )


def _podcasts(config: Config) -> Iterator[str]:
    """What a directory would refuse of what podcasts say of themselves."""
    public = config.server.public_url
    for feed in config.feeds:
        if feed.podcast:
            address = f"{public or f'http://{config.server.listen}/'}feeds/{feed.id}.rss"
            for fault in directories.faults(feed, address, is_public=bool(public)):
                yield f"podcast {feed.id}: a directory would refuse it: {fault}"


def _tokens(config: Config) -> Iterator[str]:
    if not config.server.token:
        for feed in config.feeds:
            if feed.token:
                yield f"feed {feed.id}: token opens what everybody sees anyway; it needs [server] token"


def repeats_repeated(pattern: str) -> bool:
    """Whether an unbounded repetition stands in another one (``(a+)+``): what makes matching take for ever."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _nested(_parser.parse(pattern), inside=False)
    except (re.error, RecursionError, OverflowError):  # the matcher knows more than the standard library
        return False


_PIECE = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|\{([0-9]{1,9})(?:,[0-9]*)?\}|.", re.DOTALL)


def size_of(pattern: str) -> int:
    """About how many pieces an expression has when its counted repetitions are written out, as the matcher does."""
    groups, last = [0], 0
    for piece in _PIECE.finditer(pattern):
        if piece[0] == "(":
            groups.append(0)
            continue
        if piece[1]:
            groups[-1] += last * (int(piece[1]) - 1)
            last *= int(piece[1])
            continue
        last = groups.pop() + 1 if piece[0] == ")" and len(groups) > 1 else 1
        groups[-1] += last
    return sum(groups)


def _nested(parsed: Iterable[Any], *, inside: bool) -> bool:
    for op, argument in parsed:
        endless = op in (_constants.MAX_REPEAT, _constants.MIN_REPEAT) and argument[1] == _constants.MAXREPEAT
        if endless and inside:
            return True
        if any(_nested(part, inside=inside or endless) for part in _parts(argument)):
            return True
    return False


def _parts(argument: Any) -> Iterator[Iterable[Any]]:
    """The patterns in an operation's argument."""
    if isinstance(argument, _parser.SubPattern):
        yield argument
    elif isinstance(argument, list | tuple):
        for part in argument:
            yield from _parts(part)
