"""The start page of a user, called Today: parts that the apps register, each with a few lines and the way to all of them."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.safestring import SafeString

Text = str | Promise


@dataclass(frozen=True)
class ListLink:
    """A link to the list that shows exactly the counted or all lines; `count` is '' if they weren't counted."""

    label: Text
    path: str
    count: str = ""
    urgent: bool = False


@dataclass(frozen=True)
class StartPagePart:
    """One card of the page. `draw` draws its `lines` in one pass, with the token that the forms of this page carry; without
    lines, the card says `empty`.

    `counts` are above the lines, `all` is below them. `start` is where the work on them begins: the first part that has one gives
    the page its main button. `is_list` says that what is drawn are items of a list. `counted_at` is the moment of the oldest of
    its numbers, None if all are of now.
    """

    name: str
    title: Text
    draw: Callable[[Sequence[Any], str], SafeString]
    lines: Sequence[Any]
    empty: Text
    counts: Sequence[ListLink] = ()
    all: ListLink | None = None
    start: ListLink | None = None
    is_list: bool = True
    counted_at: datetime | None = None


@dataclass(frozen=True)
class DeferredPart:
    """A part that takes long to build: the page has its title, and loads it right afterwards. `build` gives None if there is
    nothing to show after all."""

    name: str
    title: Text
    build: Callable[[], StartPagePart | None]


Built = StartPagePart | DeferredPart | Sequence[DeferredPart] | None


class PartSource(NamedTuple):
    """What builds a part for a user: None if it isn't for them. If it builds several, `name` is ''. If it is `deferred`, it
    builds what is loaded after the page."""

    place: int
    name: str
    build: Callable[[Any], Built]
    deferred: bool = False


# In the order of their places, from the top, unless the user has arranged them.
SOURCES: list[PartSource] = []


def register_start_part(
    place: int, name: str = "", *, deferred: bool = False
) -> Callable[[Callable[[Any], Built]], Callable[[Any], Built]]:
    """Registers a part at this place: @start_part(20, "tasks")."""

    def registered(build: Callable[[Any], Built]) -> Callable[[Any], Built]:
        SOURCES.append(PartSource(place, name, build, deferred))
        return build

    return registered


def get_parts(user: Any, without: Collection[str] = ()) -> list[StartPagePart]:
    """Those of the complete page, in the usual order. Parts that the user has hidden aren't built."""
    parts = (
        part.build() if isinstance(part, DeferredPart) else part for part in get_first_parts(user, without)
    )
    return [part for part in parts if part]


def get_first_parts(user: Any, without: Collection[str] = ()) -> list[StartPagePart | DeferredPart]:
    """Those that come with the page, and what stands for those that it loads afterwards."""
    return _get_parts(SOURCES, user, without)


def get_deferred_parts(user: Any, without: Collection[str] = ()) -> list[DeferredPart]:
    sources = [source for source in SOURCES if source.deferred]
    return [part for part in _get_parts(sources, user, without) if isinstance(part, DeferredPart)]


def _get_parts(
    sources: Sequence[PartSource], user: Any, without: Collection[str]
) -> list[StartPagePart | DeferredPart]:
    found: list[StartPagePart | DeferredPart] = []
    for source in sorted(sources, key=lambda source: source.place):
        if source.name and source.name in without:
            continue
        built = source.build(user)
        found += [built] if isinstance(built, StartPagePart | DeferredPart) else built or []
    return [part for part in found if part.name not in without]
