"""The order of the rows of a settings list: moving one up or down."""

from collections.abc import Iterable


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
