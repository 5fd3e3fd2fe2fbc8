"""The order of statuses, pipelines and lost reasons: one step up or down, and where a new one comes in."""

from collections.abc import Iterable

from leads.models import Status


def step(row, rows: Iterable, direction: str) -> bool:
    """Put the row before ("up") or after ("down") its next neighbour that is not retired; False at the end.

    `rows` are all of its kind in their order, the retired ones included.
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
    """Give the rows the positions 0, 1, 2 …; only those that change are written."""
    for place, row in enumerate(order):
        if row.position != place:
            row.position = place
            type(row).objects.filter(pk=row.pk).update(position=place)


def bring_in(status: Status) -> None:
    """A new status comes after the last one of its own or an earlier kind."""
    kinds = Status.Kind.values
    others = list(Status.objects.of_pipeline(status.pipeline_id).in_order().exclude(pk=status.pk))
    before = [
        place for place, other in enumerate(others) if kinds.index(other.kind) <= kinds.index(status.kind)
    ]
    others.insert(before[-1] + 1 if before else 0, status)
    number(others)
