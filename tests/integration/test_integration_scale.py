"""``bin/bench scale``: its figures, and the whole command with few invoices."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from processes.database import cloned_database

ROOT = Path(__file__).resolve().parents[2]
BENCHMARKS = ROOT / "benchmarks"
THROUGHPUT = ("lanes", "hosts", "queue_job", "queue_job_hosts")
SECONDS = ("fairness_seconds", "fairness_seconds_queue_job")
TINY = {"rounds": 1, "fast": 8, "slow": 8, "waiting": 16, "backlog": 40, "stored": 4}


@pytest.fixture(scope="module")
def scale():
    sys.path.insert(0, str(BENCHMARKS))
    try:
        import scale
    finally:
        sys.path.remove(str(BENCHMARKS))
    return scale


def test_ratios_are_medians_of_the_rounds(scale):
    """One lane slows down by half from round to round, as on a busy machine."""
    spent = scale.Spent
    runs = {
        ("fast", "one"): [spent(0.02, 0.01, 0.002, 0.001), spent(0.04, 0.01, 0, 0)] * 2,
        ("fast", "lanes"): [spent(0.01, 0.02, 0.002, 0.001), spent(0.02, 0.02, 0, 0)]
        * 2,
        ("slow", "one"): [spent(0.04, 0.01, 0, 0)],
        ("slow", "lanes"): [spent(0.02, 0.01, 0, 0)],
        ("waiting", "single"): [spent(0.25, 0.01, 0, 0)],
        ("waiting", "waiting"): [spent(0.0625, 0.01, 0, 0)],
    }
    table = scale.Table("1 lane", "this")
    scale.report_runs(table, runs)
    figures = table.ratios
    assert figures["ratio_lanes"] == 2
    assert figures["ratio_lanes_1s"] == 2
    assert figures["ratio_waiting"] == 4
    assert figures["per_second_waiting"] == 16
    assert figures["cpu_ms_odoo_lanes"] == 20
    assert "ratio_one" not in figures


def test_the_group_has_different_valid_gstins(scale):
    from stdnum.in_ import gstin

    found = scale.group_gstins(30)
    assert len(set(found)) == 30
    # the check digit; the entity's PAN (ZZZ…) is nobody's
    assert all(gstin.is_valid(one) for one in found)
    assert len({one[2:12] for one in found}) == 1


@pytest.mark.long
def test_bench_scale_registers_through_servers(tmp_path):
    """Servers of all engines register with few invoices, each of them once."""
    target = tmp_path / "figures.json"
    sizes = [word for name, one in TINY.items() for word in (f"--{name}", str(one))]
    with cloned_database("scale") as database:
        place = ["--config", database.config, "--database", database.name]
        command = [sys.executable, str(BENCHMARKS / "scale.py"), *place, *sizes]
        paths = [
            ROOT / "tests",
            ROOT / "tests/processes",
            ROOT / "l10n_in_einvoice_irp",
        ]
        subprocess.run(
            [*command, "--json", str(target)],
            check=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths))},
        )
    figures = json.loads(target.read_text(encoding="utf-8"))
    assert figures["double_calls"] == 0
    ratios = [f"ratio_{name}{end}" for name in THROUGHPUT for end in ("", "_1s")]
    ratios += ["ratio_waiting", "ratio_waiting_queue_job"]
    assert all(figures[name] > 0 for name in [*ratios, *SECONDS])
    assert figures["cpu_ms_odoo_lanes"] > 0
    assert figures["bytes_per_invoice"] > 0
    assert figures["files_per_invoice"] <= 1
