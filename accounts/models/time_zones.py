"""The time zones that users choose from."""

import zoneinfo
from functools import cache

CONTINENTS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@cache
def time_zones() -> list[tuple[str, list[tuple[str, str]]]]:
    """The time zones that users can choose, by continent; the places in them are readable names."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name in sorted(zoneinfo.available_timezones()):
        continent, _slash, place = name.partition("/")
        if continent in CONTINENTS and place:
            found.setdefault(continent, []).append((name, place.replace("_", " ")))
    return [("UTC", [("UTC", "UTC")]), *found.items()]
