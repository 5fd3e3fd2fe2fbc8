"""Merge fields in templates: {first_name} becomes the first name of the record, {first_name|there} has a fallback.

There is a fixed list of them, and nothing else in a template means anything, so no template can read more than its user sees
on the page.
"""

import re
from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.work.templates.empty_merge_fields import join_closed_up

FIELDS = {
    "first_name": _("first name"),
    "last_name": _("last name"),
    "name": _("name"),
    "company": _("company"),
    "owner": _("owner"),
    "me": _("your name"),
}
PLACE = re.compile(r"\{\s*(\w+)\s*(?:\|([^{}\n]*))?\}")
# What Markdown would read as more than a character; also what makes a line a heading, a list or a quote.
MARKUP = re.compile(r"([\\`*_\[\]<>~|])")
LINE_START = re.compile(r"^(\s*)([#+\-=]|\d+(?=[.)]))")


def unknown_fields(text: str) -> list[str]:
    """The names in a template that aren't merge fields."""
    return sorted({place[1] for place in PLACE.finditer(text)} - set(FIELDS))


def get_merge_values(record: Any, user: Any) -> dict[str, str]:
    """The values of the merge fields for a record and the user who writes."""
    owner = getattr(record, "owner", None)
    return {
        "first_name": getattr(record, "first_name", ""),
        "last_name": getattr(record, "last_name", ""),
        "name": str(record),
        "company": str(getattr(record, "company", None) or _get_company_name(record)),
        "owner": owner.name if owner else "",
        "me": user.name,
    }


def _get_company_name(record: Any) -> str:
    """The company that a request names, or the name of a company itself."""
    return getattr(record, "company_name", "") or getattr(record, "name", "")


def fill_merge_fields(text: str, values: dict[str, str], *, escape: bool = True) -> str:
    """The template with these values; an empty one becomes its fallback, or the text around it closes up. In Markdown, values
    are only text."""

    def value_at(place: re.Match[str]) -> str:
        if place[1] not in FIELDS:
            return place[0]
        value = " ".join(values[place[1]].split())
        if not value:
            return place[2] or ""
        return escape_markdown(value) if escape else value

    pieces, end = [], 0
    for place in PLACE.finditer(text):
        pieces += [text[end : place.start()], value_at(place)]
        end = place.end()
    pieces.append(text[end:])
    return join_closed_up(pieces, {number for number in range(1, len(pieces), 2) if not pieces[number]})


def escape_markdown(value: str) -> str:
    marked = MARKUP.sub(r"\\\1", value)
    started = LINE_START.match(marked)
    if not started:
        return marked
    if started[2].isdigit():
        # "1. Name" would begin a list.
        return f"{marked[: started.end()]}\\{marked[started.end() :]}"
    return f"{started[1]}\\{marked[started.start(2) :]}"
