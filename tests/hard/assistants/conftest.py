"""A running Leadwell with its demo, and an assistant of the manager."""

import pytest

from tests.browser.window import PASSWORD
from tests.hard.running import a_started_leadwell


@pytest.fixture(scope="module")
def leadwell():
    with a_started_leadwell(LEADWELL_DEMO_PASSWORD=PASSWORD) as leadwell:
        leadwell.start()
        made = leadwell.manage("create_assistant", "--email", "manager@demo.example", "--name", "Helper")
        assert made.returncode == 0, made.stderr
        leadwell.secret = made.stdout.strip()
        leadwell.site = f"http://127.0.0.1:{leadwell.port}"
        yield leadwell
