"""The filters of mailings that aren't finished, when another status, tag, choice and so on takes the place of one that they name."""

from crm.records.listing.saved_view_replacement import replace_value_everywhere
from mailings.models import Mailing

State = Mailing.State


def replace_value_in_mailings(parameter: str, old: int | str, new: int | str) -> None:
    """Within the operation that merges or deletes it, whose undo reverts the mailings too."""
    finished = (State.SENT, State.CANCELLED)
    for row in Mailing.objects.exclude(state__in=finished).filter(query__contains=parameter).only("query"):
        after = replace_value_everywhere(row.query, parameter, old, new)
        if after != row.query:
            Mailing.objects.filter(pk=row.pk).update(query=after)
