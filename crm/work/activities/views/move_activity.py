"""Moving an activity to another record: finding the record, a preview, and the move. An email can take its thread along."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.platform.audit.viewing_entries import record_search
from crm.platform.web.responses import render_response
from crm.records.kinds.kind_registry import Kind
from crm.records.listing.search.changeable_matches import find_changeable_matches, find_changeable_record
from crm.records.listing.way_back import build_place_context, get_record_url
from crm.records.screens.views.kind_access import get_changeable_record, kind_view
from crm.work.activities.combined_timeline import ICONS
from crm.work.activities.moves import MOVING, can_take, move_to_record
from crm.work.activities.views.activity import get_activity
from crm.work.grouped_timeline.thread_search import find_other_emails_of_thread
from crm.work.models.activity import Activity

# Of each kind.
MOST_FOUND = 8


@kind_view("change")
def move_activity(request, kind: Kind, pk, activity):
    record = get_changeable_record(kind, request.user, pk)
    row = get_activity(kind, request.user, pk, activity)
    if not Activity.scope.may_change(row, request.user):
        raise PermissionDenied
    sent = request.POST or request.GET
    target = find_target_record(sent.get("to", ""), row, request.user)
    others = find_other_emails_of_thread(kind, record, request.user, row)
    # With the preview, the thread comes along unless the user says otherwise.
    chosen = others if sent.get("thread", "1") == "1" else []
    if request.method == "POST" and target:
        return move_and_redirect(request, kind, record, row, target, chosen)
    text = "" if target else sent.get("q", "").strip()
    context = {"kind": kind, "record": record, "activity": row, "target": target, "text": text}
    context |= build_place_context(request, kind, record)
    context |= {
        "found": find_changeable_records(request, text, row) if text else [],
        "row_icon": ICONS[row.type],
        "others": others,
        "moved": [row, *chosen],
        "title": MOVING[Activity.Type(row.type)],
    }
    context["button"] = build_button_text(1 + len(chosen)) if chosen else context["title"]
    status = 422 if request.method == "POST" else 200
    return render_response(request, "activities/move.html", context, status=status)


def build_button_text(number: int) -> str:
    return ngettext("Move %(number)s email", "Move %(number)s emails", number) % {"number": number}


def find_target_record(text: str, row: Activity, user: Any) -> Any:
    """The record that a text such as "lead-12" names, if the user may change it; not the one that has the activity already."""
    table, _dash, number = text.partition("-")
    found = find_changeable_record(table, number, user)
    return found if found is not None and can_take(found, row) else None


def find_changeable_records(request, text: str, row: Activity) -> list[tuple[Kind, list[Any]]]:
    """The best matches of each kind that the user may move the activity to."""
    record_search("", text)
    matches = find_changeable_matches(text, request.user, MOST_FOUND)
    found = [(kind, [record for record in records if can_take(record, row)]) for kind, records in matches]
    return [(kind, records) for kind, records in found if records]


def move_and_redirect(request, kind: Kind, record: Any, row: Activity, target: Any, others: list[Activity]):
    done = move_to_record(row, others, target, by=request.user)
    if done:
        messages.success(
            request, _("Moved to %(record)s.") % {"record": target}, extra_tags=f"undo-{done.pk}"
        )
    else:
        messages.info(
            request, _("Nothing was moved. An email that is being sent can be moved once it was sent.")
        )
    return redirect(get_record_url(request, kind, record.pk))
