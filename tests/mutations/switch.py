"""Runs inside the rewritten copy: each place asks here whether it is the one that is removed now.

`off` is the number of the removed place, 0 for none; `hits` collects the places that a test has reached.
"""

from dataclasses import replace
from functools import wraps

off = 0
hits: set[int] = set()


def is_off(number: int) -> bool:
    hits.add(number)
    return number == off


def scope(number: int, rows, name: str, *arguments, **values):
    """rows.visible_to(user), or all the rows."""
    method = getattr(rows, name)
    if not is_off(number):
        return method(*arguments, **values)
    return rows if hasattr(rows, "query") else rows.all()


def decorator(number: int, kept, left):
    """A decorator that the view has or, when it is removed, has not."""

    def decorate(view):
        on, without = kept(view), left(view)

        @wraps(on)
        def asked(*arguments, **values):
            return (without if is_off(number) else on)(*arguments, **values)

        return asked

    return decorate


def plain(view):
    return view


def refusal(number: int, found):
    """A refusal that applies to no record."""
    from django.db.models import Q

    return replace(found, when=Q(pk__in=[])) if is_off(number) else found


def errors(number: int, found: list) -> list:
    return [] if is_off(number) else found
