"""The start page of a user, called Today: parts that the apps register, each with a few lines and the way to all of them."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.safestring import SafeString

Text = str | Promise


@dataclass(frozen=True)
class Way:
    """A link to the list that shows exactly the counted or all lines; `count` is '' if they weren't counted."""

    label: Text
    path: str
    count: str = ""
    urgent: bool = False


@dataclass(frozen=True)
class Part:
    """One card of the page. `draw` draws its `lines` in one pass, with the token that the forms of this page carry; without
    lines, the card says `empty`.

    `counts` are above the lines, `all` is below them. `is_list` says that what is drawn are items of a list.
    """

    name: str
    title: Text
    draw: Callable[[Sequence[Any], str], SafeString]
    lines: Sequence[Any]
    empty: Text
    counts: Sequence[Way] = ()
    all: Way | None = None
    is_list: bool = True


Built = Part | Sequence[Part] | None


class Source(NamedTuple):
    """What builds a part for a user: None if it isn't for them. If it builds several, `name` is ''."""

    place: int
    name: str
    build: Callable[[Any], Built]


# In the order of their places, from the top, unless the user has arranged them.
SOURCES: list[Source] = []


def start_part(place: int, name: str = "") -> Callable[[Callable[[Any], Built]], Callable[[Any], Built]]:
    """Registers a part at this place: @start_part(20, "tasks")."""

    def registered(build: Callable[[Any], Built]) -> Callable[[Any], Built]:
        SOURCES.append(Source(place, name, build))
        return build

    return registered


def parts_for(user: Any, without: Collection[str] = ()) -> list[Part]:
    """In the usual order. Parts that the user has hidden aren't built."""
    found: list[Part] = []
    for source in sorted(SOURCES, key=lambda source: source.place):
        if source.name and source.name in without:
            continue
        built = source.build(user)
        found += [built] if isinstance(built, Part) else built or []
    return [part for part in found if part.name not in without]
