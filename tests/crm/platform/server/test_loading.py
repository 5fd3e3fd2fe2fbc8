"""What is loaded isn't looked through for garbage, and what comes later is."""

import subprocess
import sys

from crm.platform.configuration.environment import ROOT

SAYS = "import gc; print(gc.isenabled(), gc.get_freeze_count() > 100_000)"


def test_commands_and_web_processes_look_for_garbage_again_when_all_is_loaded():
    code = f"{SAYS}; import crm.wsgi; {SAYS}"
    words = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
    found = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.split("\n")[:2] == ["True True", "True True"]
