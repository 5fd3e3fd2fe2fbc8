"""The order of the rows of a settings list: moving one up or down, and the buttons for it."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from crm.templatetags.look import icon
from crm.web.markup import html, joined


def order_buttons(row, *, first: bool, last: bool):
    """The cell with both buttons. They belong to the form "order" of the page, outside any form of the table."""
    up = _button("up", row, _("Move %(name)s up"), at_the_end=first)
    down = _button("down", row, _("Move %(name)s down"), at_the_end=last)
    return html('<span class="nowrap">{}{}</span>', up, down)


def _button(direction: str, row, words: str, *, at_the_end: bool):
    return html(
        '<button class="button{}" data-kind="quiet" data-size="small" data-square form="order" name="{}" value="{}" '
        'aria-label="{}"{}>{}</button>',
        " turned" if direction == "down" else "",
        direction,
        row.pk,
        words % {"name": row.label},
        joined([" disabled"] if at_the_end else []),
        icon("up"),
    )


def step(row, rows: Iterable, direction: str) -> bool:
    """Move the row before ("up") or after ("down") its next neighbor that isn't retired; False at the end.

    `rows` are all rows of its kind in order, including retired ones.
    """
    order = list(rows)
    here = order.index(row)
    beyond = order[:here][::-1] if direction == "up" else order[here + 1 :]
    neighbour = next((other for other in beyond if not other.retired), None)
    if neighbour is None:
        return False
    place = order.index(neighbour)
    order.remove(row)
    order.insert(place, row)
    number(order)
    return True


def number(order: Iterable) -> None:
    """Give the rows the positions 0, 1, 2 …; only changed ones are written."""
    for place, row in enumerate(order):
        if row.position != place:
            row.position = place
            type(row).objects.filter(pk=row.pk).update(position=place)
