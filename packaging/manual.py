"""The manual page bantin(1), from the commands themselves: what ``--help`` says, and where files are.

(click-man writes a page for each command, and does not know typer's groups.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import typer

from daemon.cli import app

HEAD = """.TH BANTIN 1 "" "bantin {version}" "User Commands"
.SH NAME
bantin \\- republish news sites as feeds, pages and alerts
.SH SYNOPSIS
.B bantin
.RI [ OPTIONS ] " COMMAND " [ ARGS ]...
.SH DESCRIPTION
{about}
.PP
Every command takes
.B \\-\\-help
.RB ( \\-h ),
those that read a configuration
.BR \\-\\-config ,
and those that print something
.BR \\-\\-json .
.SH COMMANDS
"""
TAIL = """.SH FILES
.TP
.I ./bantin.toml
.TQ
.I $XDG_CONFIG_HOME/bantin/bantin.toml
.TQ
.I /etc/bantin/bantin.toml
The configuration: the first of these that there is, where
.B \\-\\-config
names none. The last one is the service's; secrets lie beside it.
.TP
.I /var/lib/bantin/bantin.db
The service's database.
.SH EXIT STATUS
0: done. 1: some of the work failed; it is said which. 2: usage or configuration.
.SH SEE ALSO
.BR systemctl (1),
.BR journalctl (1)
"""
EVERYWHERE = ("--help", "--config", "--json")


def page(version: str) -> str:
    """The page as roff(7)."""
    group: Any = typer.main.get_command(app)
    context = group.context_class(group, info_name="bantin")
    about = plain(group.help)
    return HEAD.format(version=version, about=about) + "".join(commands(group, context)) + TAIL


def commands(group: Any, context: Any) -> Iterator[str]:
    """Each command, those of a group after the group's name."""
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command.hidden:
            continue
        inner = command.context_class(command, info_name=name, parent=context)
        if hasattr(command, "commands"):
            yield from commands(command, inner)
            continue
        pieces = " ".join(piece for piece in command.collect_usage_pieces(inner) if piece != "[OPTIONS]")
        heading = f"\\fB{plain(inner.command_path)}\\fR \\fI{plain(pieces)}\\fR"
        yield f".TP\n{heading}\n{plain(command.help or '')}\n"
        told = [found for parameter in command.get_params(inner) if (found := parameter.get_help_record(inner))]
        options = [(name, said) for name, said in told if not name.startswith(EVERYWHERE)]
        if options:
            yield ".RS\n" + "".join(f".TP\n.B {plain(name)}\n{plain(said)}\n" for name, said in options) + ".RE\n"


def plain(text: str) -> str:
    """As text of a page: roff has a meaning for a dot or a quote at a line's beginning, and for backslashes."""
    text = re.sub(r"\s+", " ", text).strip().replace("\\", "\\e").replace("-", "\\-").replace("…", "...")
    return f"\\&{text}" if text.startswith((".", "'")) else text
