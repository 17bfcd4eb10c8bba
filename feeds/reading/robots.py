"""robots.txt (RFC 9309), cut down to what is for this program: the groups that name it, or else those for everybody.

A file may name thousands of agents for thousands of rules. A library that makes a rule set for each of them needs
minutes and gigabytes for half a megabyte; what is left here is one group of at most `MAX_RULES` rules and `MAX_SIZE`
characters.
"""

from __future__ import annotations

import re

PRODUCT = "bantin"  # the token that a robots.txt names this program by
MAX_RULES = 1_000  # of our group, the first; the longest known files have some hundred for everybody
MAX_SIZE = 100_000  # characters of them all: an address is compared with each of them, which takes a tenth of a second
MAX_VALUE = 1_000  # characters of a path; a longer one is no path that anybody is asked for
MAX_LINE = 2_000  # characters of a line that are looked at

# As the standard spells them, and as they are spelled. A value may stand behind a space alone.
_LINE = re.compile(
    r"\s*(?:(user[- ]?agent)|(allow)|(disallow|diss?all?ow|diasllow|disallaw)|(sitemaps?|site-map|host)|[^:]*)"
    r"(?:\s*:\s*|\s+)(.*)",
    re.IGNORECASE,
)


def for_product(text: str, product: str = PRODUCT) -> str:
    """A robots.txt with one group, which says the same for ``product`` as this one; empty where it allows everything.

    Groups that name the product are joined (RFC 9309 section 2.2.1), and so are those for ``*`` where none does. A page
    of HTML, as some servers give for everything, says nothing.
    """
    if "<html" in text[:1000].lower():
        return ""
    rules: dict[str, list[str]] = {"*": [], product: []}
    room = dict.fromkeys(rules, MAX_SIZE)
    named: set[str] = set()
    agents: set[str] = set()
    heading = False  # the line before was of an agent, too: one group for both
    for raw in text.removeprefix("\ufeff").splitlines():
        found = _LINE.fullmatch(raw[:MAX_LINE].partition("#")[0].strip())
        if found is None:
            continue
        agent, allow, disallow, of_the_site, value = found.groups()
        if agent:
            agents = agents if heading else set()
            agents |= {name for name in rules if value.lower() == name}
            named |= agents
        elif value and len(value) <= MAX_VALUE and (allow or disallow):
            for name in agents:
                room[name] -= len(value)
                if len(rules[name]) < MAX_RULES and room[name] >= 0:
                    rules[name].append(f"{'allow' if allow else 'disallow'}: {value}")
        heading = bool(agent) or (heading and bool(of_the_site))
    mine = rules[product] if product in named else rules["*"]
    return "\n".join(["user-agent: *", *mine]) if mine else ""
