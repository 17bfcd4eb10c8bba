"""The dashboard and the alerting rules, against what a real bantin prints, and against Prometheus' own programs."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from state.sql import SqlStore
from tests.daemon.test_metrics import get, made

ROOT = Path(__file__).parents[2]
DASHBOARD, RULES = ROOT / "monitoring/grafana-dashboard.json", ROOT / "monitoring/alerts.yml"
PANELS: list[dict[str, Any]] = json.loads(DASHBOARD.read_text("utf-8"))["panels"]
NAME = re.compile(r"\b(?:bantin|process)_[a-z_]+")
needs_promtool = pytest.mark.skipif(
    shutil.which("promtool") is None, reason="promtool is missing (apt-get install prometheus)"
)


def promtool(*words: object) -> str:
    """What it says of a file that it likes."""
    done = subprocess.run(["promtool", *map(str, words)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def expressions() -> Iterator[str]:
    """All that the dashboard asks for."""
    for panel in PANELS:
        yield from (target["expr"] for target in panel.get("targets", ()))


async def printed(store: SqlStore) -> set[str]:
    """The names of the series that bantin prints; those that need a label's first value by their kind."""
    text = (await get(store, "/metrics", made())).text
    names = {sample.name for family in text_string_to_metric_families(text) for sample in family.samples}
    kinds = dict(re.findall(r"^# TYPE (\w+) (\w+)$", text, re.M))
    return names | {name for name, kind in kinds.items() if kind != "histogram"}


async def test_what_is_asked_for_is_printed(filled: SqlStore) -> None:
    """A metric that was renamed would leave an empty panel, or an alert that never comes."""
    there = await printed(filled)
    asked = {name for text in (*expressions(), RULES.read_text("utf-8")) for name in NAME.findall(text)}
    assert len(asked) > 20
    assert asked - there == set()


def test_the_dashboard_can_be_imported_anywhere() -> None:
    """It would show nothing on a Grafana whose data source has another name."""
    dashboard = json.loads(DASHBOARD.read_text("utf-8"))
    assert dashboard["schemaVersion"] >= 39  # Grafana 10
    variables = {item["name"]: item["type"] for item in dashboard["templating"]["list"]}
    assert variables == {"datasource": "datasource", "instance": "query"}
    ids = [panel["id"] for panel in PANELS]
    assert len(set(ids)) == len(ids)
    for panel in (panel for panel in PANELS if panel["type"] != "row"):
        assert panel["description"], panel["title"]
        sources = [panel["datasource"], *(target["datasource"] for target in panel["targets"])]
        assert {source["uid"] for source in sources} == {"${datasource}"}, panel["title"]


def test_panels_do_not_lie_on_each_other() -> None:
    """A panel would be hidden under another."""
    taken: set[tuple[int, int]] = set()
    for panel in PANELS:
        place = panel["gridPos"]
        cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        assert not cells & taken, panel["title"]
        assert place["x"] + place["w"] <= 24, panel["title"]
        taken |= cells


def test_every_alert_is_explained() -> None:
    """Whoever is woken by an alert would not find what to do."""
    rules = re.findall(r"- alert: (\w+)", RULES.read_text("utf-8"))
    told = re.findall(r"^\| `(Bantin\w+)` \|", (ROOT / "docs/how-to/monitor.md").read_text("utf-8"), re.M)
    tried = re.findall(r"alertname: (\w+)", (ROOT / "tests/monitoring/alerts.test.yml").read_text("utf-8"))
    assert rules == told
    assert set(rules) == set(tried)
    assert RULES.read_text("utf-8").count("action:") == len(rules)


@needs_promtool
def test_prometheus_takes_the_rules() -> None:
    """Prometheus would not start with the file that the documentation names."""
    assert "SUCCESS" in promtool("check", "rules", RULES)


@needs_promtool
def test_alerts_come_when_they_should() -> None:
    """An alert would never come, or come for a digest that waits for the morning."""
    promtool("test", "rules", ROOT / "tests/monitoring/alerts.test.yml")


@needs_promtool
def test_prometheus_takes_the_configuration_of_the_manual(tmp_path: Path) -> None:
    """Someone who copies the manual's lines would have a Prometheus that does not start."""
    (text,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs/how-to/monitor.md").read_text("utf-8"), re.S)
    (tmp_path / "token").write_text("secret")
    (tmp_path / "bantin-alerts.yml").write_text(RULES.read_text("utf-8"))
    (tmp_path / "prometheus.yml").write_text(text.replace("/etc/prometheus/bantin.token", str(tmp_path / "token")))
    promtool("check", "config", tmp_path / "prometheus.yml")


@needs_promtool
@pytest.mark.parametrize("expression", sorted(set(expressions())))
def test_the_dashboard_asks_what_prometheus_understands(expression: str, tmp_path: Path) -> None:
    """A panel would show an error in place of a line."""
    plain = expression.replace("$__rate_interval", "5m").replace("$instance", ".*")
    rules = {"groups": [{"name": "panels", "rules": [{"record": "a:b:c", "expr": plain}]}]}
    (tmp_path / "rules.yml").write_text(json.dumps(rules))  # JSON is YAML
    promtool("check", "rules", tmp_path / "rules.yml")
