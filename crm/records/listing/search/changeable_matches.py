"""The records that a user finds by typing, to do something with them: those that they may change."""

from typing import Any

from crm.platform.web.id_parsing import parse_number
from crm.records.kinds.kind_registry import KINDS, Kind, get_viewable_kinds
from crm.records.listing.search.search_results import get_best_matches


def may_view_and_change(kind: Kind, user: Any) -> bool:
    return bool(user.has_perms([kind.get_right("view"), kind.get_right("change")]))


def find_changeable_record(table: str, number: str, user: Any) -> Any:
    """The record of this kind with the ID that a page sent, if the user may change it, or None."""
    kind, pk = KINDS.get(table), parse_number(number)
    if kind is None or pk is None or not may_view_and_change(kind, user):
        return None
    return kind.model.objects.present().changeable_by(user).filter(pk=pk).first()


def find_changeable_matches(text: str, user: Any, most: int) -> list[tuple[Kind, list[Any]]]:
    """Of the `most` best matches of each kind, those that the user may change; no kind without one, and nothing without a text."""
    found = []
    for kind in get_viewable_kinds(user) if text.strip() else []:
        if may_view_and_change(kind, user):
            matches = get_best_matches(kind, text, user, most)
            changeable = kind.model.objects.changeable_by(user).filter(pk__in=[row.pk for row in matches])
            allowed = set(changeable.values_list("pk", flat=True))
            found.append((kind, [row for row in matches if row.pk in allowed]))
    return [(kind, records) for kind, records in found if records]
