"""The time zones of the world: all names that are valid, and those that forms offer."""

import zoneinfo
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

CONTINENTS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
# Choices of Django: by continent, each with its names and what people read.
Choices = list[tuple[str, list[tuple[str, str]]]]


@cache
def time_zones() -> Choices:
    """All that a user and the company can have, places by their older names among them."""
    return _group_by_continent(zoneinfo.available_timezones())


def build_time_zone_choices(chosen: str = "") -> Choices:
    """Each place once, by its name of today, and the one that is chosen already, whatever its name is."""
    offered = get_current_names()
    return _group_by_continent(offered | {chosen} if chosen else offered)


@cache
def get_current_names() -> frozenset[str]:
    """Those in zone.tab of the time zone database, which has one row for each place: country codes, coordinates, name."""
    table = files("tzdata").joinpath("zoneinfo/zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return frozenset(row[2] for row in rows)


def is_offered_zone(name: str) -> bool:
    return name == "UTC" or name in get_current_names()


def _group_by_continent(names: Iterable[str]) -> Choices:
    found: dict[str, list[tuple[str, str]]] = {}
    for name in sorted(names):
        continent, _slash, place = name.partition("/")
        if continent in CONTINENTS and place:
            found.setdefault(continent, []).append((name, place.replace("_", " ")))
    return [("UTC", [("UTC", "UTC")]), *found.items()]
