"""The examples for Prometheus, and the page about them, name metrics that exist."""

import importlib.util
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs/examples/prometheus"
PAGE = (ROOT / "docs/consultants/monitoring.md").read_text(encoding="utf-8")
ROOM = ROOT / "l10n_in_einvoice_irp/models/metrics"
NAME = re.compile(r"\bl10n_in_irp_\w+")
SELECTOR = re.compile(r"(l10n_in_irp_\w+)\s*\{([^}]*)\}")
LABEL = re.compile(r"(\w+)\s*=~?\s*\"")
SERIES = {"Counter": ("_total",), "Histogram": ("_bucket", "_sum", "_count")}


def load_families():
    """Return the metrics; their module imports nothing of Odoo."""
    spec = importlib.util.spec_from_file_location("families", ROOM / "families.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.FAMILIES


FAMILIES = load_families()


def read(name):
    return yaml.safe_load((EXAMPLES / name).read_text(encoding="utf-8"))


def rules():
    [group] = read("alerts.yml")["groups"]
    return group["rules"]


def series():
    """Return name of a series, as a query has it -> its metric."""
    found = {}
    for name, family in FAMILIES.items():
        kind = family.kind.__name__.removesuffix("MetricFamily")
        found |= {f"{name}{end}": family for end in SERIES.get(kind, ("",))}
    return found


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_alerts_name_metrics_and_labels_that_exist(rule):
    known = series()
    assert set(NAME.findall(rule["expr"])) <= known.keys()
    assert NAME.search(rule["expr"])
    for name, selector in SELECTOR.findall(rule["expr"]):
        assert set(LABEL.findall(selector)) <= set(known[name].labels)


def test_each_condition_has_its_alert():
    used = {name for rule in rules() for name in NAME.findall(rule["expr"])}
    assert {
        "l10n_in_irp_oldest_waiting_seconds",
        "l10n_in_irp_portal_paused",
        "l10n_in_irp_waiting",
        "l10n_in_irp_refusals_total",
        "l10n_in_irp_lanes_at_work",
        "l10n_in_irp_next_deadline_timestamp_seconds",
        "l10n_in_irp_signing_key_expiry_timestamp_seconds",
    } <= used
    for rule in rules():
        assert rule["labels"]["severity"] in ("info", "warning", "critical")
        assert rule["annotations"]["summary"]
        assert rule["expr"].count("(") == rule["expr"].count(")")


def test_values_of_labels_exist():
    code = (ROOM / "waiting.py").read_text(encoding="utf-8")
    states = (ROOT / "l10n_in_einvoice_irp/irp/operations/states.py").read_text()
    for rule in rules():
        for value in re.findall(r'waits_for="(\w+)"', rule["expr"]):
            assert f"'{value}'" in code
        for value in re.findall(r'state=~?"([\w|]+)"', rule["expr"]):
            assert all(f'"{one}"' in states for one in value.split("|"))


def test_the_scrape_job_asks_the_address():
    [job] = read("scrape.yml")["scrape_configs"]
    code = (ROOM / "res_config_settings.py").read_text(encoding="utf-8")
    assert f'PATH = "{job["metrics_path"]}"' in code
    assert job["authorization"]["type"] == "Bearer"
    assert read("scrape.yml")["rule_files"] == ["alerts.yml"]


def test_the_page_lists_every_metric():
    table = [line for line in PAGE.splitlines() if line.startswith("| `l10n_in_irp_")]
    listed = {NAME.search(line)[0]: line for line in table}
    assert listed.keys() == series_of_page()
    for name, line in listed.items():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        labels = re.findall(r"`(\w+)`", cells[1])
        assert tuple(labels) == FAMILIES[name.removesuffix("_total")].labels


def series_of_page():
    """Return the names as the page has them: a histogram once, without its series."""
    return {
        f"{name}_total" if family.kind.__name__.startswith("Counter") else name
        for name, family in FAMILIES.items()
    }


def test_names_follow_the_conventions():
    for name, family in FAMILIES.items():
        assert not name.endswith(("_total", "_count", "_sum", "_milliseconds"))
        assert family.help.endswith(".")
        assert not {"number", "move", "partner", "irn"} & set(family.labels)
