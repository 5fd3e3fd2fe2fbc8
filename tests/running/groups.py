"""Which hard tests stay together when two processes share them (make test-hard)."""

from collections import Counter

import pytest
from xdist.scheduler import LoadScopeScheduling

# Each file starts a Leadwell, a browser or a company of thousands of leads once, so its tests stay in one process. The
# pages in tests/browser/test_looks.py take half of the time, so both processes get their part of them.
TOGETHER = 40


class Groups(LoadScopeScheduling):
    """xdist's own groups (--dist loadgroup) have no effect with pytest 9.2: it keeps the names without them."""

    def schedule(self) -> None:
        if self.collection is None:
            self.groups = groups_of(next(iter(self.registered_collections.values())))
        super().schedule()

    def _split_scope(self, nodeid: str) -> str:
        return self.groups[nodeid]


def groups_of(names: list[str]) -> dict[str, str]:
    """The group of each test: its file, and which 40 tests of it."""
    seen: Counter[str] = Counter()
    groups = {}
    for name in names:
        file = name.partition("::")[0]
        groups[name] = f"{file} {seen[file] // TOGETHER}"
        seen[file] += 1
    return groups


def pytest_xdist_make_scheduler(config, log) -> Groups | None:
    return Groups(config, log) if config.getvalue("dist") == "loadscope" else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items) -> None:
    """The browser's tests come last: their groups are many and small, so both processes end at the same time."""
    if config.getoption("markexpr").startswith("hard"):
        items.sort(key=lambda item: item.nodeid.startswith("tests/browser/"))
