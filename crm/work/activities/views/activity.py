"""One activity: its text and earlier versions; editing, pinning and deleting it."""

from copy import copy
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.models import AttachedFile, Change, Invitation
from crm.platform.web.responses import append_query, render_response
from crm.records.editing.settings_change import show_change_message
from crm.records.history.timeline import build_changes_in_words
from crm.records.history.verb_execution import Verb
from crm.records.kinds.kind_registry import Kind
from crm.records.listing.way_back import add_list, build_place_context, get_list_query, get_record_url
from crm.records.screens.views.kind_access import get_visible_record, kind_view
from crm.records.screens.views.record_item import save_changes_or_redraw
from crm.work.activities.agenda import AGENDA, fill_agenda
from crm.work.activities.combined_timeline import TimelineLine
from crm.work.activities.forms import ActivityForm
from crm.work.activities.requirements import get_no_show_error
from crm.work.activities.verbs import DeleteActivity, EditActivity, PinActivity, carry_out_on_activity
from crm.work.emails.email_replies import ReplyMode
from crm.work.emails.email_verbs import get_first_address
from crm.work.invitations.invitees import get_invitee_states
from crm.work.models.activity import Activity
from crm.work.screens.views.record import get_offered_actions

Type = Activity.Type
PLACES = ("calendar", "queue")


@kind_view()
def activity(request, kind: Kind, pk, activity):
    record = get_visible_record(kind, request.user, pk)
    row = get_activity(kind, request.user, pk, activity)
    may = Activity.scope.may_change(row, request.user)
    # A form writes what was typed to its instance; the page needs the activity as it is.
    form: Any = None
    if may and row.type != Type.EMAIL:
        form = build_activity_form(request, kind, record, row)
    drawn = partial(render_activity_page, request, kind, record, row, form)
    if request.method != "POST" or AGENDA in request.POST:
        return drawn()

    def write(changes):
        verb = EditActivity(row.type, changes, form.cleaned_data["invite"])
        changed = carry_out_on_activity(verb, row, by=request.user)
        show_change_message(request, changed, add_email_sentence(row, _("Saved.")))

    return save_changes_or_redraw(request, kind, record, row, form, draw=drawn, write=write)


def build_activity_form(request, kind: Kind, record: Any, row: Activity) -> ActivityForm:
    """What was sent, or with the button for it, what was typed with the agenda."""
    invitee = get_first_address(kind, record, request.user)
    if AGENDA in request.POST and row.type == Type.MEETING:
        start = fill_agenda(request.POST, kind, record, request.user)
        return ActivityForm(instance=copy(row), invitee=invitee, initial=start)
    return ActivityForm(request.POST or None, instance=copy(row), invitee=invitee)


def render_activity_page(
    request, kind: Kind, record: Any, row: Activity, form: ActivityForm | None, status: int = 200
):
    changes = Change.objects.of_row(Activity.table, row.pk).with_operations().newest_first()
    versions = [
        (change, fields)
        for change, fields in build_changes_in_words(Activity, changes, request.user)
        if fields
    ]
    context = {"kind": kind, "record": record, "activity": row, "form": form, "versions": versions}
    context |= build_place_context(request, kind, record)
    files = list(AttachedFile.objects.of_activities([row.pk]))
    may_change = Activity.scope.may_change(row, request.user)
    invitation = get_invitee_states([row]).get(row.pk)
    is_own = row.created_by_id == request.user.pk
    entry = TimelineLine(
        row, may_change, bool(versions), tuple(files), invitation, kind, record, is_own=is_own
    )
    context |= {"entry": entry, "text": entry.html, "invitation": invitation, "files": files}
    context |= {"may_change": may_change, "reply_modes": ReplyMode.choices}
    context["may"] = get_offered_actions(kind, request.user, record)
    return render_response(request, "activities/activity.html", context, status=status)


@kind_view()
@require_POST
def pin_activity(request, kind: Kind, pk, activity):
    row = get_activity(kind, request.user, pk, activity)
    pinned = "off" not in request.POST
    words = _("Pinned to the top.") if pinned else _("No longer pinned.")
    return change_activity(request, kind, row, PinActivity(pinned), words)


@kind_view()
@require_POST
def mark_no_show(request, kind: Kind, pk, activity):
    """With `off`, that it was held. With `ask`, it leads to the next step, and with `calendar` or `queue` from there to that page."""
    row = get_activity(kind, request.user, pk, activity)
    check_may_change(request, row)
    if problem := get_no_show_error(row):
        messages.error(request, problem)
        return redirect(get_record_url(request, kind, row.record))
    outcome = "" if "off" in request.POST else Activity.Plan.NO_SHOW.value
    words = _("Marked as a no-show.") if outcome else _("Marked as held.")
    verb = EditActivity(row.type, {"outcome": outcome}, tell=False)
    answer = change_activity(request, kind, row, verb, words)
    if "ask" not in request.POST:
        return answer
    url = add_list(kind.get_url("next_step", row.record, row.pk), get_list_query(request, kind))
    place = get_return_place(request.POST)
    return redirect(append_query(url, f"{place}=1" if place else ""))


def get_return_place(sent: Any) -> str:
    """The page from which a meeting was marked, and to which its next step leads back: one of PLACES, or '' for its record."""
    return next((place for place in PLACES if place in sent), "")


@kind_view()
@require_POST
def delete_activity(request, kind: Kind, pk, activity):
    row = get_activity(kind, request.user, pk, activity)
    said: dict[str, str] = {
        Type.NOTE: _("Deleted the note."),
        Type.CALL: _("Deleted the call."),
        Type.FILE: _("Deleted the file."),
        Type.EMAIL: _("Deleted the email."),
    }
    words = said.get(row.type, _("Deleted the meeting."))
    return change_activity(request, kind, row, DeleteActivity(row.type), words)


def check_may_change(request, row: Activity) -> None:
    if not Activity.scope.may_change(row, request.user):
        raise PermissionDenied


def change_activity(request, kind: Kind, row: Activity, verb: Verb, words: str):
    check_may_change(request, row)
    done = carry_out_on_activity(verb, row, by=request.user)
    show_change_message(request, done, add_email_sentence(row, words))
    return redirect(get_record_url(request, kind, row.record))


def add_email_sentence(row: Activity, words: str) -> str:
    """What was done, and whether those invited to a meeting will be told."""
    waiting = row.type == Type.MEETING and Invitation.objects.of_activities([row.pk]).waiting().exists()
    told = _("Those invited will get an email in a few seconds.")
    return f"{words} {told}" if waiting else words


def get_activity(kind: Kind, user, pk: int, activity: int) -> Activity:
    """An activity of a record that the user sees; anything else is not found."""
    rows = Activity.objects.present().visible_to(user).of_record(kind.name, pk)
    row = rows.filter(pk=activity).first()
    if row is None:
        raise Http404
    return row
