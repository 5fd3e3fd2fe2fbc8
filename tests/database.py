"""The tests' own PostgreSQL, started before Django reads its settings; every write outside an operation fails there."""

import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent

os.environ["LEADWELL_DATA"] = os.environ.get("LEADWELL_TEST_DATA", str(ROOT / "var" / "test"))
os.environ["LEADWELL_MODE"] = "demo"
os.environ["LEADWELL_THROWAWAY_DATABASE"] = "1"
os.environ["LEADWELL_DEMO_PASSWORD"] = "a-password-for-tests"
os.environ["LEADWELL_TIME_ZONE"] = "Europe/Bucharest"
os.environ["LEADWELL_LANGUAGE"] = "en"
for name in ("DATABASE_URL", "DATABASE_DIRECT_URL", "EMAIL_URL", "LEADWELL_URL"):
    os.environ.pop(name, None)

_started = None


def _server():
    from crm.environment import read_environment
    from crm.postgres import server_of

    return server_of(read_environment())


def pytest_load_initial_conftests(early_config, parser, args):
    """The first process starts the server; xdist's workers find it running."""
    global _started
    if "PYTEST_XDIST_WORKER" not in os.environ:
        server = _server()
        if server.start():
            _started = server


def pytest_unconfigure(config):
    if _started:
        _started.stop()
