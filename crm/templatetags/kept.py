"""`{% kept "records/_bulk.html" kind=kind actions=actions %}` draws a fragment once per process for the same values.

The fragment sees these values and the language and nothing else: no request, user or CSRF token. So whatever it shows
is part of its key, and it is drawn again as soon as one of them differs.
"""

from collections.abc import Hashable
from typing import Any

from django import template
from django.template import Context
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from crm.records.bulk import Action
from crm.records.kinds import Kind

register = template.Library()

# A fragment has a few kilobytes. If there are more of them, all are drawn again.
MOST = 500
# Texts and numbers are told apart by value; kinds and actions, which code declares once, by identity. A row of a table
# can't be: it would still equal itself after it was renamed.
TOLD_APART = (str, int, type(None), Kind, Action)

_drawn: dict[Hashable, SafeString] = {}


@register.simple_tag(takes_context=True)
def kept(context: Context, name: str, **values: Any) -> SafeString:
    engine: Any = context.template.engine  # type: ignore[union-attr]
    key = (engine, name, get_language(), *((word, known_by(value)) for word, value in values.items()))
    found = _drawn.get(key)
    if found is None:
        found = engine.get_template(name).render(Context(values))
        if len(_drawn) >= MOST:
            _drawn.clear()
        _drawn[key] = found
    return found


def known_by(value: Any) -> Hashable:
    """A value as a part of the key, with its type: 1 and True are equal."""
    if isinstance(value, list | tuple):
        return tuple(map(known_by, value))
    if isinstance(value, set):
        return frozenset(map(known_by, value))
    if not isinstance(value, TOLD_APART):
        raise TypeError(f"A kept fragment can't be given a {type(value).__name__}.")
    return type(value), value
