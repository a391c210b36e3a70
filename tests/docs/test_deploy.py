"""What lies in deploy/ agrees with the code: metrics, settings and commands that it names are there."""

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import click
import pytest
import yaml

from daybook.config import environment
from daybook.ops.cli.app import daybook
from daybook.ops.metrics.families import FAMILIES

from . import reading

DEPLOY = reading.ROOT / "deploy"
RULES = DEPLOY / "prometheus/daybook.rules.yaml"
DASHBOARD = DEPLOY / "grafana/daybook.dashboard.json"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
LABELS = {family.name: {*family.labels, "instance", "job"} for family in FAMILIES}
GRAFANA = {"$__rate_interval": "5m", "$ledger": ".*", "$connection": ".*"}


def rules() -> list[dict]:
    return [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


def queries_of_the_dashboard() -> list[str]:
    drawn = json.loads(DASHBOARD.read_text())
    found = [target["expr"] for panel in drawn["panels"] for target in panel["targets"]]
    found += [each["expr"] for each in drawn["annotations"]["list"]]
    for name, value in GRAFANA.items():
        found = [query.replace(name, value) for query in found]
    return found


QUERIES = [*(rule["expr"] for rule in rules()), *queries_of_the_dashboard()]


def needs(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"needs {program}")
    return found


class TestQueries:
    def test_ask_for_nothing_that_is_not_exported(self):
        asked = {name for query in QUERIES for name in re.findall(r"\bdaybook_\w+", query)}
        assert asked - set(LABELS) == set()
        assert len(asked) > 15

    @pytest.mark.parametrize("query", QUERIES)
    def test_choose_by_labels_that_the_metric_has(self, query: str):
        for name, chosen in re.findall(r"\b(daybook_\w+)\{([^}]*)\}", query):
            assert set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", chosen)) <= LABELS[name], name
        together = set().union(*(LABELS[name] for name in re.findall(r"\bdaybook_\w+", query)))
        for grouped in re.findall(r"\b(?:by|without) \(([^)]*)\)", query):
            assert {label.strip() for label in grouped.split(",")} <= together

    def test_every_metric_is_shown_or_watched(self):
        unseen = [name for name in LABELS if not any(name in query for query in QUERIES)]
        assert unseen == []

    def test_of_the_rules_are_understood_by_prometheus(self):
        checked = subprocess.run(
            [needs("promtool"), "check", "rules", RULES], capture_output=True, text=True, check=False
        )
        assert checked.returncode == 0, checked.stdout + checked.stderr

    def test_of_the_dashboard_are_understood_by_prometheus(self, tmp_path: Path):
        written = [
            {"record": f"panel:{number}", "expr": query} for number, query in enumerate(queries_of_the_dashboard())
        ]
        (tmp_path / "rules.yaml").write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": written}]}))
        command = [needs("promtool"), "check", "rules", tmp_path / "rules.yaml"]
        checked = subprocess.run(command, capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stdout + checked.stderr

    def test_of_the_rules_say_what_to_do(self):
        assert [rule["alert"] for rule in rules() if not {"summary", "action"} <= set(rule["annotations"])] == []


def parsed(line: list[str]) -> None:
    """Raise where the command line knows no such command or option."""
    name, *arguments = line
    daybook.commands[name].make_context(name, arguments)


class TestCommands:
    @pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
    def test_of_units_are_there(self, unit: Path):
        line = re.search(r"^ExecStart=(.*)$", unit.read_text(), re.MULTILINE)[1]
        program, *arguments = shlex.split(line)
        assert program == "/opt/daybook/bin/daybook"
        parsed(arguments)

    def test_of_containers_are_there(self):
        services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
        for name in ("migrate", "web", "worker"):
            parsed(services[name]["command"])
        with pytest.raises(click.NoSuchOption):
            parsed(["web", "--nonsense"])

    def test_units_are_understood_by_systemd(self, tmp_path: Path):
        program = needs("systemd-analyze")
        for unit in (DEPLOY / "systemd").glob("*.*"):
            if unit.suffix in {".service", ".timer"}:
                (tmp_path / unit.name).write_text(unit.read_text().replace("/opt/daybook/bin/daybook", "/bin/true"))
        units = [
            *tmp_path.glob("*.timer"),
            *tmp_path.glob("daybook-[bw]*[be].service"),
            tmp_path / "daybook-worker@1.service",
        ]
        (tmp_path / "daybook-worker@1.service").write_text((tmp_path / "daybook-worker@.service").read_text())
        checked = subprocess.run([program, "verify", "--man=no", *units], capture_output=True, text=True, check=False)
        assert (checked.returncode, [line for line in checked.stderr.splitlines() if "daybook" in line]) == (0, [])


class TestSettings:
    @pytest.mark.parametrize("name", ["compose.yaml", "env.example", "systemd/daybook.env.example"])
    def test_are_settings_that_there_are(self, name: str):
        named = set(
            re.findall(
                r"^\s*#?\s*((?:DAYBOOK|XERO)_[A-Z_]+|DATABASE_URL)\s*[:=]", (DEPLOY / name).read_text(), re.MULTILINE
            )
        )
        only_of_compose = {"DAYBOOK_HOST", "DAYBOOK_IMAGE"}
        assert named - only_of_compose - set(environment.VARIABLES) == set()
        assert named

    def test_of_the_image_run_as_nobody_in_particular(self):
        users = re.findall(r"^USER (\S+)$", (reading.ROOT / "Dockerfile").read_text(), re.MULTILINE)
        assert users == ["10001:10001"]
