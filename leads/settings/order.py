"""The place of a new status among the others."""

from crm.records.order import number
from leads.models import Status


def bring_in(status: Status) -> None:
    """A new status comes after the last one of its own or an earlier category."""
    kinds = Status.Kind.values
    others = list(Status.objects.of_pipeline(status.pipeline_id).in_order().exclude(pk=status.pk))
    before = [
        place for place, other in enumerate(others) if kinds.index(other.kind) <= kinds.index(status.kind)
    ]
    others.insert(before[-1] + 1 if before else 0, status)
    number(others)
