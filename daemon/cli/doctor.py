"""``bantin doctor``: what is wrong, and what to do about it."""

from __future__ import annotations

import asyncio

import typer

from daemon.cli.common import AsJson, ConfigFile, bar, print_json, say


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(doctor)


def doctor(config: ConfigFile = None, as_json: AsJson = False) -> None:
    """Check the configuration, database, clock, names, disk, secrets, endpoints and daemon, and say what to do."""
    from daemon.doctor import examine

    with bar("checks") as tell:
        findings = asyncio.run(examine(config, tell))
    faults = sum(finding.level == "fault" for finding in findings)
    if as_json:
        print_json({"well": not faults, "findings": findings})
    else:
        for finding in findings:
            say(f"{finding.level:5}  {finding.check:13}  {finding.what}")
            if finding.do:
                say(f"{'':22}→ {finding.do}")
        say(f"{faults} fault{'' if faults == 1 else 's'}" if faults else "nothing is wrong")
    if faults:
        raise typer.Exit(1)
