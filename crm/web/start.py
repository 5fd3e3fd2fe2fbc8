"""The start page of a user, called Today: parts that the apps register, each with a few lines and the way to all of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

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

    `counts` are above the lines, `all` is below them.
    """

    name: str
    title: Text
    draw: Callable[[Sequence[Any], str], SafeString]
    lines: Sequence[Any]
    empty: Text
    counts: Sequence[Way] = ()
    all: Way | None = None


# The places of the parts on the page, from the top, and what builds each one for a user: None if it isn't for them.
SOURCES: list[tuple[int, Callable[[Any], Part | None]]] = []


def start_part(place: int) -> Callable[[Callable[[Any], Part | None]], Callable[[Any], Part | None]]:
    """Registers a part at this place: @start_part(20)."""

    def registered(build: Callable[[Any], Part | None]) -> Callable[[Any], Part | None]:
        SOURCES.append((place, build))
        return build

    return registered


def parts_for(user: Any) -> list[Part]:
    built = (build(user) for _place, build in sorted(SOURCES, key=lambda source: source[0]))
    return [part for part in built if part]
