"""The names of all addresses of the product."""

from collections.abc import Iterable, Iterator
from typing import Any


def read_url_names(patterns: Iterable[Any], before: str = "") -> Iterator[str]:
    """Those below these patterns, with their namespaces."""
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            inside = f"{before}{pattern.namespace}:" if pattern.namespace else before
            yield from read_url_names(pattern.url_patterns, inside)
        elif pattern.name:
            yield f"{before}{pattern.name}"
