"""Arranging the start page: each user's own order of its parts, and those that they have hidden."""

from collections.abc import Sequence
from typing import Any, TypeVar

from django.contrib.auth import get_user_model

from crm.models import StartPage
from crm.platform.web.start_page.start_page_parts import (
    DeferredPart,
    StartPagePart,
    get_deferred_parts,
    get_first_parts,
    get_parts,
)

UP, DOWN, HIDE, SHOW = "up", "down", "hide", "show"
Named = TypeVar("Named", StartPagePart, StartPagePart | DeferredPart)


def get_arranged_parts(user: Any) -> list[StartPagePart]:
    page = StartPage.get_for_user(user)
    return _sort_parts(get_parts(user, without=page.hidden), page.order)


def get_first_arranged_parts(user: Any) -> list[StartPagePart | DeferredPart]:
    """The same with what stands for the parts that the page loads afterwards."""
    page = StartPage.get_for_user(user)
    return _sort_parts(get_first_parts(user, without=page.hidden), page.order)


def get_arranged_deferred_parts(user: Any) -> list[DeferredPart]:
    """In no order: each has its place on the page already."""
    return get_deferred_parts(user, without=StartPage.get_for_user(user).hidden)


def get_shown_and_hidden_parts(user: Any) -> tuple[list[StartPagePart], list[StartPagePart]]:
    """Those that the user sees, and the hidden ones, both in order."""
    page = StartPage.get_for_user(user)
    parts = _sort_parts(get_parts(user), page.order)
    return (
        [part for part in parts if part.name not in page.hidden],
        [part for part in parts if part.name in page.hidden],
    )


def _sort_parts(parts: Sequence[Named], order: Sequence[str]) -> list[Named]:
    """Parts that are new since the user arranged them come last."""
    places = {name: place for place, name in enumerate(order)}
    return sorted(parts, key=lambda part: places.get(part.name, len(places)))


def arrange_part(user: Any, name: str, act: str) -> StartPagePart | None:
    """Move, hide or show one part, inside a transaction; None if the user has no such part, or it is already so."""
    get_user_model()._default_manager.select_for_update().get(pk=user.pk)
    shown, hidden = get_shown_and_hidden_parts(user)
    part = next((one for one in (hidden if act == SHOW else shown) if one.name == name), None)
    if part is None or act not in (UP, DOWN, HIDE, SHOW):
        return None
    page, names = StartPage.get_for_user(user), [one.name for one in shown]
    if act in (UP, DOWN):
        place = names.index(name)
        names.insert(max(place + (-1 if act == UP else 1), 0), names.pop(place))
    if act == HIDE:
        page.hidden.append(name)
    if act == SHOW:
        page.hidden.remove(name)
        names.append(name)
    page.order = names + [one for one in page.order if one not in names]
    page.save()
    return part
