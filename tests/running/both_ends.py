"""Of two processes that read the same tests, one begins at the end: each compiles half of the files and finds the others compiled."""

import os

import pytest


def pytest_configure(config) -> None:
    if os.environ.get("PYTEST_XDIST_WORKER", "gw0") == "gw1":
        config.args.reverse()


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config, items):
    """Both need the same order."""
    items.sort(key=lambda item: item.path)
    return (yield)
