"""The time zones of the world, for choices."""

import zoneinfo
from functools import cache

CONTINENTS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@cache
def time_zones() -> list[tuple[str, list[tuple[str, str]]]]:
    """Those that users and the company can choose, by continent; the places in them are readable names."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name in sorted(zoneinfo.available_timezones()):
        continent, _slash, place = name.partition("/")
        if continent in CONTINENTS and place:
            found.setdefault(continent, []).append((name, place.replace("_", " ")))
    return [("UTC", [("UTC", "UTC")]), *found.items()]
