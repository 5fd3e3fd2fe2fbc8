"""The tests' own PostgreSQL, started before Django reads its settings; every write outside an operation fails there."""

import contextlib
import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]

os.environ["LEADWELL_DATA"] = os.environ.get("LEADWELL_TEST_DATA", str(ROOT / "var" / "test"))
os.environ["LEADWELL_MODE"] = "demo"
os.environ["LEADWELL_THROWAWAY_DATABASE"] = "1"
os.environ["LEADWELL_DEMO_PASSWORD"] = "a-password-for-tests"
os.environ["LEADWELL_TIME_ZONE"] = "Europe/Bucharest"
os.environ["LEADWELL_LANGUAGE"] = "en"
os.environ["LEADWELL_BASE_CURRENCY"] = "EUR"
for name in ("DATABASE_URL", "DATABASE_DIRECT_URL", "DATABASE_REPLICA_URLS", "EMAIL_URL", "LEADWELL_URL"):
    os.environ.pop(name, None)

_server = contextlib.ExitStack()


def pytest_load_initial_conftests(early_config, parser, args):
    """The first process starts the server; xdist's workers find it running."""
    from crm.platform.configuration.environment import read_environment
    from crm.platform.database.connection_settings import get_embedded_server
    from crm.platform.server.translations import compile_messages

    if "PYTEST_XDIST_WORKER" not in os.environ:
        data = pathlib.Path(os.environ["LEADWELL_DATA"])
        (data / "static").mkdir(parents=True, exist_ok=True)
        # Each erasure reads the whole log: after twenty runs its tests took three seconds longer, each.
        (data / "logs" / "security.jsonl").unlink(missing_ok=True)
        _server.enter_context(get_embedded_server(read_environment()).keep_running(stop=True))
        compile_messages()


def pytest_unconfigure(config):
    _server.close()


def pytest_terminal_summary(terminalreporter, config):
    """Where nothing may be skipped (LEADWELL_NO_SKIPS=1), a skip is a failure that says its name."""
    skipped = terminalreporter.stats.get("skipped", [])
    if skipped and os.environ.get("LEADWELL_NO_SKIPS"):
        for report in skipped:
            terminalreporter.write_line(f"SKIPPED where nothing may be skipped: {report.nodeid}", red=True)


def pytest_sessionfinish(session, exitstatus):
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and reporter.stats.get("skipped") and os.environ.get("LEADWELL_NO_SKIPS") and exitstatus == 0:
        session.exitstatus = 1
