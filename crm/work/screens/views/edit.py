"""A new record, and editing one: when two people edit at once, the second sees both values and chooses."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from crm.fields.custom.definitions.built_in_fields import get_required_field_names
from crm.fields.custom.files.file_input import get_unsaved_inputs
from crm.fields.custom.files.upload_storing import store_chosen_files
from crm.fields.custom.links.linked_records import is_link
from crm.fields.types.record_links import LinkField
from crm.platform.excel.reading.upload_handlers import get_drop_reason
from crm.platform.web.id_parsing import parse_ids, parse_number
from crm.records.custom_fields.sections import get_field_names_by_section, get_section_titles
from crm.records.editing.edit_conflicts import EditConflict, get_edit_conflicts, get_record_at_version
from crm.records.editing.similar_records import get_form_warnings
from crm.records.history.verb_execution import carry_out
from crm.records.history.verbs.add import add_records
from crm.records.kinds.kind_registry import Kind
from crm.records.kinds.reasons import add_refusals_to_form
from crm.records.listing.way_back import build_place_context
from crm.records.screens.views.kind_access import get_changeable_record, get_template_names, kind_view
from crm.work.screens.views.record import redirect_to_record_or_list, show_saved_message


@kind_view("add")
def new(request, kind: Kind):
    first = kind.first_values(request.user) | parse_links(kind, request.GET)
    form = kind.form(request.POST or None, request.FILES or None, initial=first, user=request.user)
    store_chosen_files(form, get_drop_reason(request))
    warned = get_form_warnings(kind, request, form)
    if request.method == "POST" and form.is_valid() and not any(each.stops for each in warned):
        (record,) = add_records(kind.add(kind.model, [form.get_values()]), by=request.user)
        messages.success(request, _("Added %(record)s.") % {"record": record})
        return redirect(kind.get_url("new") if "again" in request.POST else record)
    return render_form_page(request, kind, form, warnings=warned)


@kind_view()
def edit(request, kind: Kind, pk):
    record = get_changeable_record(kind, request.user, pk, lock=request.method == "POST")
    version = parse_sent_version(request, record) or record.version
    then = get_record_at_version(record, version)
    form = kind.form(request.POST or None, request.FILES or None, instance=then, user=request.user)
    store_chosen_files(form, get_drop_reason(request))
    warned = get_form_warnings(kind, request, form, record)
    if request.method == "POST" and form.is_valid() and not any(each.stops for each in warned):
        changes = {
            name: value
            for name, value in form.get_changes().items()
            if request.POST.get(f"keep_{name}") != "theirs"
        }
        if crossed := get_edit_conflicts(
            kind, record, version, changes, decided=get_decided_version(request, record)
        ):
            return render_conflict_page(request, kind, record, form, crossed)
        return save_record(request, kind, record, form, changes)
    return render_form_page(request, kind, form, record=record, version=version, warnings=warned)


def parse_links(kind: Kind, data: Any) -> dict[str, int]:
    """The records that a new one is linked to from the start, such as the company from whose page it is added. The form
    drops those that the user can't choose."""
    own = [name for name in kind.fields.FORM_FIELDS if isinstance(kind.get_field(name), LinkField)]
    names = [*own, *(field.name for field in kind.get_writable_custom_fields() if is_link(field))]
    return {name: pk for name in names for pk in parse_ids([data.get(name, "")])}


def render_form_page(request, kind: Kind, form: Any, **context):
    status = 422 if form.is_bound else 200
    record = context.get("record")
    quick = [] if record else get_quick_fields(kind)
    context |= build_place_context(request, kind, record) if record else {"list_url": kind.get_url("list")}
    context |= {"kind": kind, "words": kind.words, "form": form, "quick": [form[name] for name in quick]}
    context["cards"] = build_form_cards(kind, form, but=quick)
    context["open"] = any(field.errors for _card, _title, fields in context["cards"] for field in fields)
    first = quick[0] if quick else next(iter(kind.fields.FORM_FIELDS))
    form.fields[first].widget.attrs["autofocus"] = not form.errors
    return render(request, get_template_names(kind, "form.html"), context, status=status)


def get_quick_fields(kind: Kind) -> list[str]:
    """What a new record asks first; nothing if the form is short. Required fields are never behind "More fields"."""
    names = kind.fields.QUICK
    return (
        [*names, *(name for name in get_required_field_names(kind.name) if name not in names)]
        if names
        else []
    )


def get_decided_version(request, record: Any) -> int:
    """The version up to which the user has chosen between both values: none while a choice is missing."""
    open_choices = [name for name in request.POST.getlist("crossed") if f"keep_{name}" not in request.POST]
    return 0 if open_choices else parse_sent_version(request, record, "decided") or 0


def render_conflict_page(request, kind: Kind, record: Any, form: Any, crossed: list[EditConflict]):
    """The page where the user chooses between their input and what was saved in the meantime."""
    people = {crossing.change.operation.by if crossing.change.operation else None for crossing in crossed}
    names = get_text_list(sorted(str(person) for person in people if person), _("and"))
    context = {
        "kind": kind,
        "record": record,
        "crossings": crossed,
        "posted": get_resubmitted_values(request, form, crossed),
    }
    context |= build_place_context(request, kind, record)
    context |= {"own": people == {request.user}, "names": names or _("The system")}
    return render(request, "records/conflict.html", context, status=409)


def save_record(request, kind: Kind, record: Any, form: Any, changes: dict):
    rows = type(record).objects.present().changeable_by(request.user).filter(pk=record.pk)
    outcome = carry_out(kind.edit(changes), rows, by=request.user) if changes else None
    if outcome and outcome.refused:
        add_refusals_to_form(form, outcome.refused, kind)
        return render_form_page(request, kind, form, record=record, version=record.version)
    if outcome is None or not outcome.operation:
        messages.info(request, _("Nothing was changed."))
    show_saved_message(request, record, outcome)
    return redirect_to_record_or_list(request, kind, record)


def parse_sent_version(request, record: Any, name: str = "version") -> int | None:
    """The version that the form was rendered from; None if it is missing or invalid."""
    version = parse_number(request.POST.get(name, ""))
    return None if version is None else min(version, record.version)


def get_resubmitted_values(request, form: Any, crossed: list[EditConflict]) -> list[tuple[str, str]]:
    """The earlier input and choices, to be submitted again with the choice between both values, and the uploaded files."""
    unsaved = get_unsaved_inputs(form)
    left_out = {
        "csrfmiddlewaretoken",
        "decided",
        "crossed",
        *unsaved,
        *(f"keep_{one.name}" for one in crossed),
    }
    posted = [
        (name, value) for name, values in request.POST.lists() if name not in left_out for value in values
    ]
    return [*posted, *unsaved.items()]


def build_form_cards(kind: Kind, form: Any, *, but: Sequence[str] = ()) -> list[tuple[str, str, list]]:
    """The form's fields by section, without those of the short form."""
    titles = get_section_titles(kind)
    shown = form.fields.keys() - set(but)
    return [
        (section, titles[section], [form[name] for name in names if name in shown])
        for section, names in get_field_names_by_section(
            kind, [field.definition for field in kind.get_custom_fields(form.user)]
        ).items()
    ]
