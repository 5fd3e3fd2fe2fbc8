"""Editing one value in place, from the list or from the record's page."""

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect

from crm.platform.web.responses import get_previous_path, render_response
from crm.records.editing.edit_conflicts import get_edit_conflicts, get_record_at_version
from crm.records.editing.inline_editing import InlineEdit, get_inline_edit
from crm.records.editing.similar_records import get_form_warnings
from crm.records.history.verb_execution import Verb, carry_out
from crm.records.kinds.kind_registry import Kind
from crm.records.kinds.reasons import add_refusals_to_form
from crm.records.listing.record_list import RecordList, get_records_for_page
from crm.records.listing.value_filters import ValueFilter, build_value_filters
from crm.records.screens.views.kind_access import get_changeable_record, get_template_names, kind_view
from crm.records.screens.views.list import build_table, get_open_view
from crm.records.tables.list_columns import get_list_columns
from crm.work.screens.views.edit import parse_sent_version
from crm.work.screens.views.record import redirect_to_record_or_list, show_saved_message
from crm.work.tasks.call_backs import build_call_back_moments

# Events for the page after a row changed: its counts reload, and the message with Undo appears.
CHANGED = "records-changed, notices"


@kind_view()
def inline_edit(request, kind: Kind, pk, field):
    asked = get_inline_edit_or_404(kind, field, request.user)
    record = get_changeable_record(kind, request.user, pk, lock=request.method == "POST")
    if not request.user.has_perm(kind.get_right(asked.right)):
        raise PermissionDenied
    if asked.toggle:
        return toggle_value(request, kind, record, field, asked.toggle)
    if request.method != "POST" and (sentence := asked.get_unused_sentence(record)):
        messages.info(request, sentence)
        return redirect(record)
    chosen = asked.chosen(request.GET)
    version = parse_sent_version(request, record) or record.version
    then = get_record_at_version(record, version) if request.method == "POST" else record
    form = asked.build_form(request.POST or None, record, request.user, then=then, chosen=chosen)
    warned = get_form_warnings(kind, request, form, record) if asked.asked else []
    context = {"kind": kind, "record": record, "field": field, "form": form, **asked.context(record)}
    context |= {"chosen": bool(chosen), "narrowed": get_value_filters(request, kind, record, field, asked)}
    context |= {"asked": get_asked_fields(form, asked), "warnings": warned}
    context["moments"] = build_call_back_moments(request.user) if asked.call_backs else []
    context |= {"title": kind.get_heading(field), "fragment": get_template_names(kind, "_inline.html")}
    if request.method == "POST" and form.is_valid() and not any(each.stops for each in warned):
        if crossed := get_edit_conflicts(kind, record, version, asked.get_sent_values(form)):
            return render_inline_form(request, context | {"crossings": crossed}, 409)
        return carry_out_and_respond(request, kind, record, asked.build_verb(form, request.user), context)
    return render_inline_form(request, context, 422 if form.is_bound else 200)


def get_inline_edit_or_404(kind: Kind, field: str, user: Any) -> InlineEdit:
    """How the field is edited. A custom field that the user sees and may not edit is denied."""
    if found := get_inline_edit(kind, field, user):
        return found
    if any(custom.name == field for custom in kind.get_custom_fields(user)):
        raise PermissionDenied
    raise Http404


def get_asked_fields(form: Any, edit: InlineEdit) -> list[Any]:
    """The fields to draw, of a form that has more. One that the user may not edit is left out; without any, they may not
    edit this at all."""
    found = [form[name] for name in edit.asked if name in form.fields and not form.fields[name].disabled]
    if edit.asked and not found:
        raise PermissionDenied
    return found


def get_value_filters(request, kind: Kind, record: Any, field: str, edit: InlineEdit) -> list[ValueFilter]:
    """The list from which the menu of a value was opened with only this value, and without it; nothing outside a list, and
    nothing below a field that is typed in."""
    if edit.asked:
        return []
    parts = urlsplit(get_previous_path(request))
    if parts.path != kind.list_url:
        return []
    listing = RecordList(kind, QueryDict(parts.query), request.user)
    stored = [
        getattr(record, column.attname) for column in record._meta.concrete_fields if column.name == field
    ]
    return build_value_filters(listing, field, stored)


def render_inline_form(request, context: dict, status: int):
    """The small form, in its menu, even if the request expected a row."""
    kind = context["kind"]
    targets = ["inline", f"row-{context['record'].pk}"]
    fragments = dict.fromkeys(targets, get_template_names(kind, "_inline.html"))
    return render_response(
        request, get_template_names(kind, "inline.html"), context, fragments=fragments, status=status
    )


def toggle_value(request, kind: Kind, record: Any, field: str, verb):
    """A toggle says the new value, so that it doesn't reset a value that a colleague has just set."""
    if request.method != "POST":
        return redirect(record)
    wanted = request.POST.get("wanted")
    return carry_out_and_respond(
        request, kind, record, verb(wanted == "on" if wanted else not getattr(record, field))
    )


def carry_out_and_respond(request, kind: Kind, record: Any, verb: Verb | None, context: dict | None = None):
    """Run the verb on this record, if there is one; respond with its row, its page, or the form with the reason for a
    refusal."""
    rows = type(record).objects.present().changeable_by(request.user).filter(pk=record.pk)
    outcome = carry_out(verb, rows, by=request.user) if verb else None
    if outcome and outcome.refused and context:
        add_refusals_to_form(context["form"], outcome.refused, kind)
        return render_inline_form(request, context, 422)
    show_saved_message(request, record, outcome)
    if is_of_row(request):
        return render_current_row(request, kind, record.pk)
    return redirect_to_record_or_list(request, kind, record)


def is_of_row(request) -> bool:
    """Whether a form was sent from a row of a list, which shows the answer."""
    return bool(request.htmx) and (request.htmx.target or "").startswith("row-")


def render_current_row(request, kind: Kind, pk: int):
    """The record's current row, with the columns, checkboxes and links of its list, or nothing if the user no longer
    sees it. The list counts again."""
    data = QueryDict(urlsplit(get_previous_path(request)).query)
    listing = RecordList(kind, data, request.user)
    view = get_open_view(kind, request.user, data)
    columns = get_list_columns(kind, request.user, view)
    records = get_records_for_page(kind, [pk], columns, viewer=request.user, seen_by=request.user)
    if not records:
        return HttpResponse("", headers={"HX-Trigger": CHANGED})
    ticks = "record" if kind.get_menu_actions(request.user) else ""
    drawing = build_table(listing, records, columns).render_body(ticks=ticks, star=kind.star)
    return HttpResponse(drawing, headers={"HX-Trigger": CHANGED})
