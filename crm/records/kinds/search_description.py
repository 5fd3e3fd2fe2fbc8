"""What it takes to find the records of a type: its search, and what conditions compare."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crm.fields.schemas import Schema
from crm.records.listing.search.search import Search


@dataclass(frozen=True, eq=False, kw_only=True)
class Findable(Schema):
    """A record type that can be searched and filtered. `search` finds records by words, `computed` are values that conditions
    compare and no column has, by name."""

    search: Search
    computed: Mapping[str, Any] = field(default_factory=dict)
