"""Merge: records of one type side by side, the choice of what is kept, and the button that merges them."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from crm.models import FrozenSet
from crm.platform.web.id_parsing import parse_number
from crm.platform.web.responses import render_response
from crm.records.editing.bulk_actions import get_selected_ids
from crm.records.history.merged_records import find_merged_records, raise_if_merged
from crm.records.history.verb_execution import carry_out
from crm.records.kinds.kind_registry import Kind
from crm.records.kinds.reasons import get_reason_sentence
from crm.records.listing.way_back import add_list_of_url, get_way_back
from crm.records.screens.views.kind_access import kind_view
from crm.records.screens.views.record_buttons import show_outcome_message
from duplicates.merging.merge_page import LEAST, MOST, MergePage
from duplicates.merging.merge_verb import ChangedMeanwhile


@kind_view("change", "delete")
def merge(request, kind: Kind):
    ids = get_ids_of_set(request, kind) or get_selected_ids(
        request.GET.getlist("record"), kind.model, request.user
    )
    list_url = get_way_back(request) or kind.list_url
    posted = request.method == "POST"
    page = MergePage(kind, ids[: MOST + 1], request.user, request.POST if posted else None)
    if not LEAST <= len(page.open) <= MOST:
        # Back to this page after the merge, or in another tab: some of the records are one by now.
        for pk, _survivor in find_merged_records(kind, request.user, ids[: MOST + 1])[:1]:
            raise_if_merged(kind, request.user, pk)
        messages.warning(request, _("Select from 2 to 500 records that you can change."))
        return redirect(list_url)
    status = 200
    if posted:
        status = carry_out_merge(request, kind, page)
        if status == 302:
            return redirect(add_list_of_url(kind.get_url("record", page.kept), kind, get_way_back(request)))
    context = {
        "kind": kind,
        "page": page,
        "list_url": list_url,
        "problem": page.problem and get_reason_sentence(page.problem, kind),
    }
    return render_response(request, "duplicates/merge.html", context, status=status)


def carry_out_merge(request, kind: Kind, page: MergePage) -> int:
    """The status of the answer: 302 if they are merged. Else the page says why, and keeps the choices."""
    verb = page.build_verb()
    if not verb.groups[0].merged:
        page.errors.append(_("Select at least one record to merge into the one that is kept."))
        return 422
    rows = kind.model.objects.present().changeable_by(request.user)
    try:
        outcome = carry_out(verb, rows, by=request.user, wanted=verb.ids)
    except ChangedMeanwhile:
        page.errors.append(
            _("These records have changed since you opened the page. Check the values, then merge them.")
        )
        return 409
    if not outcome.changed:
        page.errors += [get_reason_sentence(code, kind) for code in outcome.refused]
        return 409
    kept = kind.model.objects.get(pk=page.kept)
    show_outcome_message(request, kind, outcome, _("Merged into %(record)s.") % {"record": kept})
    return 302


def get_ids_of_set(request, kind: Kind) -> list[int]:
    """The records of the set that the user has selected in a list."""
    pk = parse_number(request.GET.get("set", ""))
    found = FrozenSet.objects.alive_of_user(request.user, kind.name).filter(pk=pk).first() if pk else None
    return get_selected_ids([str(one) for one in found.ids], kind.model, request.user) if found else []
