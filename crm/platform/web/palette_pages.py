"""The pages for quick navigation; the app with the navigation says which of them a user may open."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class PalettePage:
    """A page or command in the palette; `names` are other names by which it is found."""

    label: str
    icon: str
    path: str
    names: str = ""


SOURCES: list[Callable[..., Iterable[PalettePage]]] = []


def get_palette_pages(request) -> list[PalettePage]:
    return [place for source in SOURCES for place in source(request)]
