"""The alert rules fire at the right numbers and say the right thing, as Prometheus's own promtool computes them.

The check installs promtool (.ci/run). Where it isn't, test_files.py still reads every query.
"""

import shutil
import subprocess
from pathlib import Path

PROMTOOL = shutil.which("promtool")
HERE = Path(__file__).resolve().parent

if PROMTOOL:

    def test_alerts_fire_when_they_should_and_only_then():
        done = subprocess.run(
            [PROMTOOL, "test", "rules", "alerts.yml"], cwd=HERE, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def test_prometheus_accepts_its_configuration():
        file = HERE.parents[2] / "deploy" / "prometheus" / "prometheus.yml"
        done = subprocess.run(
            [PROMTOOL, "check", "config", str(file)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
