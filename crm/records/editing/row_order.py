"""The order of the rows of a settings list: moving one up or down with the buttons for it, or several anywhere."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Case, Value, When
from django.utils.translation import gettext as _

from crm.platform.web.rendering.html_building import html, join_html
from crm.templatetags.look import icon


def order_buttons(row, *, first: bool, last: bool):
    """The cell with both buttons. They belong to the form "order" of the page, outside any form of the table."""
    up = _render_button("up", row, _("Move %(name)s up"), at_the_end=first)
    down = _render_button("down", row, _("Move %(name)s down"), at_the_end=last)
    return html('<span class="nowrap">{}{}</span>', up, down)


def _render_button(direction: str, row, words: str, *, at_the_end: bool):
    return html(
        '<button class="button{}" data-kind="quiet" data-size="small" data-square form="order" name="{}" value="{}" '
        'aria-label="{}"{}>{}</button>',
        " turned" if direction == "down" else "",
        direction,
        row.pk,
        words % {"name": row.label},
        join_html([" disabled"] if at_the_end else []),
        icon("up"),
    )


def find_moved_row(data: Mapping[str, Any], name: str, rows: Iterable) -> tuple[Any, Any] | None:
    """The row that was sent by this name, and the one `after` which it goes, or None for the beginning; None if they are no longer
    among these rows."""
    named = {str(row.pk): row for row in rows}
    row, after = named.get(data.get(name, "")), named.get(data.get("after", ""))
    if row is None or row == after or (after is None and data.get("after")):
        return None
    return row, after


def move_row_one_step(row, rows: Iterable, direction: str) -> bool:
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
    write_positions(order)
    return True


def move_rows_behind(rows: Iterable, after, order: Iterable) -> None:
    """Move the rows, in their present order, behind another one of `order`, or to the beginning if it is None."""
    moved = set(rows)
    rest = [row for row in order if row not in moved]
    place = 0 if after is None else rest.index(after) + 1
    write_positions([*rest[:place], *(row for row in order if row in moved), *rest[place:]])


def move_row_among_shown(row, direction: str, after, shown: list[Any], every: list[Any]) -> None:
    """Move a row past its neighbor among those that the viewer sees ("up" or "down"), or with "row" behind the one `after` which it
    was dropped, or before all of them if it is None. Those out of sight between them, which are in `every`, keep their order."""
    here = shown.index(row)
    if direction == "down":
        after = shown[min(here + 1, len(shown) - 1)]
    elif direction == "up" or after is None:
        first = shown[max(here - 1, 0)] if direction == "up" else shown[0]
        before = every[: every.index(first)]
        after = before[-1] if before else None
        if first == row:
            return
    if after != row:
        move_rows_behind([row], after, every)


def write_positions(order: Iterable) -> None:
    """Give the rows the positions 0, 1, 2 …; only changed ones are written, in one statement."""
    changed = []
    for place, row in enumerate(order):
        if row.position != place:
            row.position = place
            changed.append(row)
    if changed:
        places = Case(*(When(pk=row.pk, then=Value(row.position)) for row in changed))
        type(changed[0]).objects.filter(pk__in=[row.pk for row in changed]).update(position=places)
