"""The page of one record: facts, timeline, other content of its kind, links to its neighbors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html import unescape
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import models
from django.shortcuts import redirect
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.fields.custom.definitions.field_visibility import get_row_id
from crm.fields.custom.values.field_registry import is_custom, is_used_in
from crm.fields.types.field_type import EMPTY_VALUES, get_field_type
from crm.fields.types.texts import Phone
from crm.models import Template
from crm.platform.web.phone_links import get_message_number
from crm.platform.web.responses import render_response
from crm.records.custom_fields.sections import sort_by_arrangement
from crm.records.editing.inline_editing import is_edited_in_place
from crm.records.history.merged_records import get_visible_survivor, raise_if_merged
from crm.records.history.value_sources import ValueSource
from crm.records.history.verb_execution import Outcome
from crm.records.history.visible_operations import describe_what_was_saved
from crm.records.kinds.kind_registry import Kind
from crm.records.kinds.linked_records import get_linked_lists
from crm.records.kinds.page_links import get_record_links
from crm.records.listing.search.recent_records import remember_opened_record
from crm.records.listing.way_back import build_place_context, get_opening_list_url, get_record_url
from crm.records.screens.views.kind_access import get_template_names, get_visible_record, kind_view
from crm.records.tables.record_table import LIST
from crm.work.activities.combined_timeline import get_timeline_tabs, get_timeline_types
from crm.work.activities.forms import ActivityForm
from crm.work.emails.email_replies import ReplyMode
from crm.work.emails.email_verbs import get_first_address
from crm.work.grouped_timeline.last_activity import get_last_activity
from crm.work.grouped_timeline.timeline_query import GroupedTimelineQuery
from crm.work.tasks.call_backs import build_call_back_moments
from crm.work.tasks.forms import TaskForm
from crm.work.tasks.record_tasks import get_open_task_lines
from crm.work.templates.template_filling import get_usable_templates

# What an address from before a merge may ask for. Trash asks for ?trash, so there the merged record itself is shown.
OLD_ADDRESS = {"list"}

# What a page shows in places of its own.
HEADS = ("name", "description", "lost_reason")

FRAGMENTS = {"timeline": "records/_timeline.html", "composer": "activities/_composer.html"}


@kind_view()
@require_safe
def record(request, kind: Kind, pk):
    row = get_visible_record(kind, request.user, pk)
    if row.deleted_at and set(request.GET) <= OLD_ADDRESS:
        raise_if_merged(kind, request.user, pk, row)
    response = render_record_page(request, kind, row)
    remember_opened_record(request, response, kind, pk)
    return response


def render_record_page(request, kind: Kind, row: Any, *, composer: Any = None, planner: Any = None, **sent):
    """The page; with a composer or a planner, an activity or a task that was sent and can't be added, or an activity that
    starts with a template. `sent` are other forms with errors, for the kind's own part of the page."""
    offered = get_offered_actions(kind, request.user, row)
    stream = GroupedTimelineQuery(kind, row, request.user, request.GET)
    place = {"kind": kind, "words": kind.words, "record": row, **build_place_context(request, kind, row)}
    context = {
        **build_timeline_context(stream, place),
        **build_facts_context(kind, row, request.user, offered, stream),
        "composer": composer or ActivityForm(invitee=get_first_address(kind, row, request.user)),
        "templates": get_usable_templates(Template.Type.NOTE, request.user) if offered["change"] else [],
        **build_task_context(kind, row, request.user, planner, may_plan=offered["change"]),
        "may": offered,
        "linked": get_linked_lists(row, request.user),
        "merged_into": get_visible_survivor(kind, request.user, row.pk) if row.deleted_at else None,
        "record_links": get_record_links(row, request.user),
        "shown_on": "record",
        "reply_modes": ReplyMode.choices,
        **place,
        **kind.page(row, request.user, **sent),
    }
    status = 422 if (composer and composer.is_bound) or planner or sent else 200
    page = get_template_names(kind, "record.html")
    return render_response(request, page, context, fragments=FRAGMENTS, status=status)


def build_facts_context(
    kind: Kind, row: Any, user: Any, offered: dict[str, bool], stream: GroupedTimelineQuery
) -> dict[str, Any]:
    """The facts and the heads, with the rules that their values are from. The timeline has read the changes by then."""
    rights, sources = offered | {"change": offered["edit"]}, stream.build_value_sources()
    return {
        "facts": add_sources(kind, build_facts(kind, row, rights, user), sources),
        "heads": build_facts_of_heads(kind, row, rights, user),
        "sources": sources,
    }


def build_task_context(kind: Kind, row: Any, user: Any, planner: Any, *, may_plan: bool) -> dict[str, Any]:
    """The open tasks, and how to plan more: a form, and moments for a call-back."""
    return {
        "tasks": get_open_task_lines(kind, row, user, may_change=may_plan),
        "planner": planner or (TaskForm(record=row, viewer=user) if may_plan else None),
        "moments": build_call_back_moments(user) if may_plan else [],
    }


def build_timeline_context(stream: GroupedTimelineQuery, place: dict[str, str]) -> dict[str, Any]:
    """A page of what happened, and what is pinned above it. Its other pages keep the list that the record was opened from."""
    entries, older = stream.get_page()
    shown = {"entries": entries, "older": older, "pinned": stream.get_pinned()}
    kept = urlencode({name: text for name, text in (("find", stream.find), (LIST, place[LIST])) if text})
    return {
        **shown,
        "changes_since": stream.get_changes_start(older),
        "show": stream.show,
        "find": stream.find,
        "found": f"&{kept}" if kept else "",
        "timeline_tabs": get_timeline_tabs(stream),
        "timeline_types": get_timeline_types(stream),
        "last": get_last_activity(stream),
    }


def redirect_to_record_or_list(request, kind: Kind, row: Any):
    """To the record, or to the list that it was opened from if a change moved it out of the user's scope. Next and Previous
    stay in that list."""
    if not kind.model.objects.visible_to(request.user).filter(pk=row.pk).exists():
        return redirect(get_opening_list_url(request, kind))
    return redirect(get_record_url(request, kind, row.pk))


def show_saved_message(request, row: Any, outcome: Outcome | None) -> None:
    """What was done, with Undo; and where the record went if a new owner moved it."""
    if outcome is None or not outcome.operation:
        return
    words = describe_what_was_saved(outcome.operation, request.user)
    messages.success(request, words, extra_tags=f"undo-{outcome.operation.pk}")
    department = type(row).objects.select_related("department").get(pk=row.pk).department
    if department.pk != row.department_id:
        words = _("This record has moved to the %(department)s department.")
        messages.info(request, words % {"department": department})


def get_offered_actions(kind: Kind, user, row: Any) -> dict[str, bool]:
    """What the page offers: exactly what its URLs would allow."""
    scope: Any = kind.model.scope
    changeable, present = scope.may_change(row, user), row.deleted_at is None
    worked_on = present and changeable and not row.is_erased
    offers = {
        right: user.has_perm(kind.get_right(right))
        for right in ("change", "assign", "delete", "purge", "take")
    }
    editable = present and changeable and not row.is_read_only
    return {
        "change": worked_on and offers["change"],
        "edit": editable and offers["change"],
        "assign": editable and offers["assign"],
        "delete": present and changeable and offers["delete"],
        "restore": not present and changeable and offers["delete"],
        "purge": not present and changeable and offers["purge"],
        "take": present and not row.is_read_only and scope.may_take(row, user) and offers["take"],
    }


@dataclass(frozen=True)
class Fact:
    """A fact on the page: how it looks, whether it is empty, whether it is edited in its place, and what else the reader
    should know about it. `write` is the address of the page for an email to it, `number` a phone number for messages,
    `page` that of the record it names, `source` the rule that its value is from. A `folded` one shows with "More fields"."""

    name: str
    label: str
    drawn: Any
    empty: bool = False
    inline: bool = False
    note: str = ""
    write: str = ""
    number: str = ""
    page: str = ""
    folded: bool = False
    source: ValueSource | None = None

    @property
    def text(self) -> str:
        """What it says, without marks."""
        return " ".join(unescape(strip_tags(str(self.drawn))).split())


def build_facts(kind: Kind, row: Any, offered: dict[str, bool], user) -> list[Fact]:
    """In the order of fields.FACTS, unless an administrator has arranged the fields. An empty fact shows if its type has
    a text for that, or if the page asks for it; the other fields that the user may edit are folded."""
    found, own = [], kind.facts(row)
    rights = {right for right, may in offered.items() if may}
    heads = get_shown_heads(row)
    facts = [name for name in kind.get_listed_names("FACTS", user) if name not in heads]
    others = get_other_fields(kind, row, facts) if offered["edit"] else []
    for name in [*sort_by_arrangement(kind, facts, user), *others]:
        editable = offered["edit"] and is_edited_in_place(kind, name, row, user, rights)
        if name in own:
            found.append(Fact(name, kind.get_heading(name), own[name], inline=editable))
            continue
        field: Any = kind.get_field(name)
        drawing = get_field_type(field)
        value = getattr(row, field.attname)
        # "No" is an answer to a custom field; for a built-in one, it is nothing to tell. A number 0 equals False.
        untold = value in EMPTY_VALUES or (value is False and not is_custom(field))
        empty = untold and not drawing.none
        if editable or not (empty or name in others):
            blank = untold if is_custom(field) else empty
            folded = name in others or (blank and name not in kind.inline and name not in kind.fields.ASKED)
            # "No" is changed; there is nothing to add.
            adds = empty and value is not False
            found.append(build_fact(kind, row, field, user, empty=adds, inline=editable, folded=folded))
    return found


def add_sources(kind: Kind, facts: Sequence[Fact], sources: Mapping[str, ValueSource]) -> list[Fact]:
    """The facts with the rules that their values are from, by recorded column."""
    if not sources:
        return list(facts)
    columns = {field.name: str(field.column) for field in kind.model._meta.local_concrete_fields}
    return [replace(fact, source=sources.get(columns.get(fact.name, fact.name))) for fact in facts]


def build_facts_of_heads(kind: Kind, row: Any, offered: dict[str, bool], user) -> dict[str, Fact]:
    """What the page shows in places of its own and is edited there like a fact: its name as the heading, the description,
    and why it was lost."""
    rights = {right for right, may in offered.items() if may}
    texts = {"name": str(row)}
    texts |= {
        name: getattr(row, name) for name in HEADS if name != "name" and name in kind.fields.FORM_FIELDS
    }
    return {
        name: Fact(
            name,
            kind.get_heading(name),
            getattr(text, "label", text) or "",
            empty=not text,
            inline=offered["edit"] and is_edited_in_place(kind, name, row, user, rights),
        )
        for name, text in texts.items()
    }


def get_shown_heads(row: Any) -> list[str]:
    """Those that the page of this record has: without a description, there is no place for it yet."""
    return [name for name in HEADS if name == "name" or bool(getattr(row, name, None))]


def get_other_fields(kind: Kind, row: Any, facts: Sequence[str]) -> list[str]:
    """The fields of the form that are no facts, and that neither a fact nor the top of the page is edited with."""
    shown = {*facts, *kind.inline, *get_shown_heads(row)}
    along = {part for name, parts in kind.fields.PARTS.items() if name in shown for part in parts}
    return [name for name in kind.fields.FORM_FIELDS if name not in {*shown, *along, *kind.fields.SOMETIMES}]


def build_fact(kind: Kind, row: Any, field: Any, user: Any, **shown: Any) -> Fact:
    """One fact that a field has."""
    empty, drawing, name = shown["empty"], get_field_type(field), field.name
    return Fact(
        name,
        kind.get_heading(name),
        "" if empty else drawing.render_fact(field, row),
        note=get_foreign_department_hint(field, row),
        write="" if empty or not shown["inline"] else get_email_form_url(kind, row, field),
        number=get_fact_number(row, field),
        page="" if empty else drawing.get_fact_url(field, row, user),
        **shown,
    )


def get_email_form_url(kind: Kind, row: Any, field: Any) -> str:
    """Where to write an email to the address in this field; '' if it is no address."""
    is_address = isinstance(field, models.EmailField)
    return f"{kind.get_url('email', row.pk)}?to={field.name}" if is_address else ""


def get_fact_number(row: Any, field: Any) -> str:
    """The phone number in this field, if it can be written to, such as "+40722123456"; else ''."""
    if not isinstance(get_field_type(field), Phone):
        return ""
    return get_message_number(getattr(row, f"{field.name}_normal", ""))


def get_foreign_department_hint(field: Any, row: Any) -> str:
    """A value that the record has brought from a department that uses the field."""
    used = not is_custom(field) or is_used_in(field, get_row_id(getattr(row, "department_id", None)))
    return "" if used else _("from another department")
