"""What the product remembers between requests is forgotten when a place is switched, because it may depend on it."""

import sys
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from tests.mutations.places import PACKAGES

# Module variables with what was compiled or drawn, by everything that it was made from.
KEPT = {"_kept", "_drawn"}
# These counts are kept with marks beside them, which would no longer fit.
LEFT_ALONE = "leads.api.exact_counts"


def forget() -> None:
    for clear in _all():
        clear()


@cache
def _all() -> list[Callable[[], Any]]:
    """When all tests are collected, every module is loaded."""
    return list(_memories())


def _memories() -> Iterator[Callable[[], Any]]:
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] not in PACKAGES or name == LEFT_ALONE:
            continue
        for own, value in list(vars(module).items()):
            if own in KEPT and isinstance(value, dict):
                yield value.clear
            elif getattr(value, "__module__", None) == name:
                parts = vars(value).values() if isinstance(value, type) else [value]
                yield from (part.cache_clear for part in parts if hasattr(part, "cache_clear"))
