"""Two processes that run the same tests: one begins to read them at the end, and to run them with those that need no database."""

import os

import pytest

DATABASE = {"db", "transactional_db", "django_db_setup"}


def is_shuffled(config) -> bool:
    """Whether pytest-randomly has put the tests in an order, which stays. It needs the same tests in the same order in both processes."""
    return config.pluginmanager.hasplugin("randomly")


def pytest_configure(config) -> None:
    """Each compiles half of the files and finds the others compiled."""
    if os.environ.get("PYTEST_XDIST_WORKER", "gw0") == "gw1" and not is_shuffled(config):
        config.args.reverse()


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config, items):
    """Both need the same order, of which the first process gets the first half. It migrates the database; meanwhile the second one
    has tests to run. Hard tests are in groups (running/groups.py)."""
    if is_shuffled(config):
        return (yield)
    items.sort(key=lambda item: item.path)
    result = yield
    if not config.getoption("markexpr").startswith("hard"):
        stored = [item for item in items if needs_database(item)]
        pure = [item for item in items if not needs_database(item)]
        half = len(items) // 2
        items[:] = stored[:half] + pure + stored[half:]
    return result


def needs_database(item) -> bool:
    return bool(DATABASE.intersection(item.fixturenames) or item.get_closest_marker("django_db"))
