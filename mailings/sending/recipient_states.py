"""The recipients follow the state of their mailing, whether a user or an undo has changed it."""

from collections.abc import Iterable

from mailings.models import Delivery, Mailing

State, Reason = Delivery.State, Delivery.Reason


def update_recipients_of_mailings(ids: Iterable[int]) -> None:
    """Drafts have no recipients; those of canceled mailings are left out, and wait again once that is undone."""
    for mailing in Mailing.objects.filter(pk__in=list(ids)).defer("ids"):
        rows = Delivery.objects.of_mailing(mailing)
        if mailing.state in (Mailing.State.DRAFT, Mailing.State.ASKED):
            rows.in_state(State.WAITING, State.LEFT_OUT).delete()
        elif mailing.state == Mailing.State.CANCELLED:
            rows.in_state(State.WAITING).update(state=State.LEFT_OUT, reason=Reason.CANCELLED)
        else:
            rows.skipped_for(Reason.CANCELLED).update(state=State.WAITING, reason="")
