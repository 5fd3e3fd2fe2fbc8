"""A process of xdist tells the one that reports only what that one shows or counts.

It would send six messages for each test, three of which change nothing there and take half a millisecond together.
"""

# The durations at the end of a run name no test that was faster.
SLOW = 0.1


def pytest_sessionstart(session) -> None:
    if hasattr(session.config, "workerinput"):
        (worker,) = [one for one in session.config.pluginmanager.get_plugins() if hasattr(one, "sendevent")]
        send = worker.sendevent
        worker.sendevent = lambda name, **values: (
            None if changes_nothing(name, values) else send(name, **values)
        )


def changes_nothing(name: str, values: dict) -> bool:
    """When a test begins and ends, and that it was set up."""
    if name == "testreport":
        report = values["data"]
        return report["when"] == "setup" and report["outcome"] == "passed" and report["duration"] < SLOW
    return name in ("logstart", "logfinish")
