"""What the screens of records between two kinds share: finding one, and the answer after a change."""

from typing import Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from crm.records.history.verb_execution import Outcome
from crm.records.kinds.reasons import get_reason_sentence


def report_outcome(request, record: Any, outcome: Outcome, words: str):
    """The message after a change, with Undo; why it couldn't be made; or that nothing was."""
    for code in outcome.refused:
        messages.error(request, get_reason_sentence(code))
    if outcome.operation:
        messages.success(request, words, extra_tags=f"undo-{outcome.operation.pk}")
    elif not outcome.refused:
        messages.info(request, _("Nothing was changed."))
    return redirect(record)


def get_visible_row(model: Any, user, record: int, pk: int) -> Any:
    """An employment of a contact, or a contact of a deal, that the user sees; anything else is not found."""
    row = model.objects.present().visible_to(user).of_record(record).with_names().filter(pk=pk).first()
    if row is None:
        raise Http404
    return row
