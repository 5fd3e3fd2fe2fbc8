"""The standard buttons of a record's page: take, delete, restore, delete permanently."""

from typing import Any

from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.records.history import verbs
from crm.records.history.verb_execution import Outcome, Verb, carry_out
from crm.records.kinds.kind_registry import Kind
from crm.records.kinds.reasons import get_reason_sentence
from crm.records.listing.record_list import RecordList
from crm.records.listing.way_back import add_list, get_list_query, get_opening_list_url, get_record_url
from crm.records.screens.views.kind_access import changeable_row_queryset, get_visible_record, kind_view


@kind_view()
@require_POST
def take(request, kind: Kind, pk):
    record = get_visible_record(kind, request.user, pk)
    onward = get_next_record_url(request, kind, pk) if "next" in request.POST else ""
    rows = kind.model.objects.present().takeable_by(request.user).filter(pk=pk)
    outcome = carry_out(kind.take(request.user), rows, by=request.user)
    if not outcome.changed:
        messages.error(request, describe_already_taken(request.user, record))
        return redirect(onward or get_opening_list_url(request, kind))
    show_outcome_message(
        request, kind, outcome, _("You’re now the owner of %(record)s.") % {"record": record}
    )
    return redirect(onward or get_record_url(request, kind, pk))


def get_next_record_url(request, kind: Kind, pk: int) -> str:
    """The next record in the list that this one was opened from, looked up before it leaves the list; or the list."""
    query = get_list_query(request, kind)
    _before, behind = RecordList(kind, QueryDict(query), request.user).find_neighbors(pk)
    return add_list(kind.get_url("record", behind), query) if behind else get_opening_list_url(request, kind)


def describe_already_taken(user, record: Any) -> str:
    """Who was faster, if the user still sees the record with its new owner."""
    now = type(record).objects.visible_to(user).select_related("owner").filter(pk=record.pk).first()
    if now is None or now.owner is None:
        return _("Already taken: %(record)s was assigned a moment ago.") % {"record": record}
    return _("Already taken: %(owner)s took %(record)s.") % {"owner": now.owner, "record": record}


@kind_view()
@require_POST
def delete(request, kind: Kind, pk):
    records: Any = kind.model.objects
    carry_out_on_record(request, kind, pk, verbs.Delete(), records.present(), _("Deleted %(record)s."))
    return redirect(get_opening_list_url(request, kind))


@kind_view()
@require_POST
def restore(request, kind: Kind, pk):
    records: Any = kind.model.objects
    text = _("Restored %(record)s.")
    return redirect(carry_out_on_record(request, kind, pk, verbs.Restore(), records.in_trash(), text))


@kind_view()
@require_POST
def purge(request, kind: Kind, pk):
    records: Any = kind.model.objects
    text = _("Permanently deleted %(record)s.")
    carry_out_on_record(request, kind, pk, verbs.Purge(), records.in_trash(), text)
    return redirect(get_opening_list_url(request, kind, in_trash=True))


def carry_out_on_record(request, kind: Kind, pk: int, verb: Verb, rows, text: str) -> Any:
    """Run the verb on this one of the rows, with its message; returns the record as it was before."""
    record = get_visible_record(kind, request.user, pk)
    outcome = carry_out(verb, changeable_row_queryset(kind, request.user, rows, pk), by=request.user)
    show_outcome_message(request, kind, outcome, text % {"record": record})
    return record


def show_outcome_message(request, kind: Kind, outcome: Outcome, text: str) -> None:
    for code in outcome.refused:
        messages.error(request, get_reason_sentence(code, kind))
    if outcome.operation:
        messages.success(request, text, extra_tags=f"undo-{outcome.operation.pk}")
