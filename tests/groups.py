"""Which hard tests stay together when two processes share them (make test-hard)."""

from collections import Counter

import pytest

# Each file starts a Leadwell, a browser or a company of thousands of leads once, so its tests stay in one process. The
# pages in tests/browser/test_looks.py take half of the time, so both processes get their part of them.
TOGETHER = 40


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items) -> None:
    seen: Counter[str] = Counter()
    for item in items:
        if item.get_closest_marker("hard"):
            file = item.nodeid.partition("::")[0]
            item.add_marker(pytest.mark.xdist_group(f"{file} {seen[file] // TOGETHER}"))
            seen[file] += 1
