"""API v2: the history of a record, as the tab "Changes" of its page shows it."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from crm.api.api_view import build_json_response
from crm.api.openapi_parts import (
    build_number_field,
    build_response_serializer,
    build_text_field,
)
from crm.api.v2.documentation.call_parts import BEFORE, LIMIT, call
from crm.api.v2.record_page.visible_record import get_visible_record
from crm.api.v2.v2_view import OwnView, format_moment, get_page_before
from crm.models import Change, Operation
from crm.records.history.history_start import get_history_start
from crm.records.history.timeline import TimelineEntry
from crm.records.history.visible_operations import describe_operation
from crm.records.kinds.kind_registry import Kind

FIELD_CHANGE = build_response_serializer(
    "FieldChange",
    field=build_text_field(
        help_text="Its name in the record, such as city; that of a custom field is its key, such as c12."
    ),
    label=build_text_field(),
    old=build_text_field(help_text="The value before, in words, or empty."),
    new=build_text_field(help_text="The value after, in words, or empty."),
)
HISTORY_ENTRY = build_response_serializer(
    "HistoryEntry",
    id=build_number_field(),
    at=serializers.DateTimeField(),
    by=build_text_field(help_text="The name of the user, of the automation, or of whatever else changed it."),
    user=build_number_field(allow_null=True, help_text="Id of the user; null if no user changed it."),
    channel=serializers.ChoiceField(
        Operation.Channel.choices, allow_null=True, help_text="null for a change in the database itself."
    ),
    operation=build_number_field(
        allow_null=True,
        help_text="Id of the operation that it belongs to, with all that it changed elsewhere.",
    ),
    of=build_text_field(
        help_text="What changed: the record, by its type such as lead, or what belongs to it, such as deal_contact."
    ),
    words=build_text_field(
        help_text="What was done, to follow the name of who did it, such as: changed city."
    ),
    fields=FIELD_CHANGE(many=True),
)


def build_entry_json(entry: TimelineEntry) -> dict[str, Any]:
    done = entry.change.operation
    return {
        "id": entry.change.pk,
        "at": format_moment(entry.at),
        "by": entry.who,
        "user": done.by_id if done else None,
        "channel": done.channel if done else None,
        "operation": done.pk if done else None,
        "of": entry.change.table,
        "note": done.note if done else "",
        "words": entry.words,
        "fields": [*_build_moved_json(entry), *map(_build_field_json, entry.fields)],
    }


def _build_moved_json(entry: TimelineEntry) -> list[dict[str, str]]:
    """The status of a move, which the page shows apart from the other fields."""
    if not entry.moved:
        return []
    old, new = (str(status.label) for status in entry.moved)
    return [{"field": "status", "label": "Status", "old": old, "new": new}]


def _build_field_json(changed: Any) -> dict[str, str]:
    name = changed.column.removesuffix("_id")
    return {"field": name, "label": str(changed.label), "old": str(changed.old), "new": str(changed.new)}


class History(OwnView):
    http_method_names = ["get", "head"]
    parameters = ("limit", "before")

    def get(self, request: Any, pk: str) -> HttpResponse:
        """Newest first; `before` is the id of the last change on the page before."""
        record = get_visible_record(self, pk)
        timeline = self.kind.timeline(record, self.user, describe_operation)
        rows = timeline.changes_queryset().with_operations().newest_first()
        page, following = get_page_before(rows, request.query_params)
        entries = {entry.change.pk: entry for entry in timeline.build_entries(page, with_undo=False)}
        # A change without anything that the user may see has no entry.
        history = [build_entry_json(entries[change.pk]) for change in page if change.pk in entries]
        start = None if following or _is_whole(page) else get_history_start(record.created_at)
        return build_json_response({"history": history, "next": following, "kept_since": start})


def _is_whole(page: list[Change]) -> bool:
    return bool(page) and page[-1].kind == Change.Kind.INSERT


def build_history_call(kind: Kind, *, resource: str) -> type[History]:
    """The call for one record type, with its documentation."""
    name = kind.model.__name__
    view: Any = type(f"{name}History", (History,), {"kind_name": kind.name, "resource": resource})
    document = extend_schema_view(
        get=call(
            f"Get the history of a {kind.words.one}",
            build_response_serializer(
                f"{name}History",
                history=HISTORY_ENTRY(many=True),
                next=build_number_field(allow_null=True),
                kept_since=serializers.DateField(
                    allow_null=True,
                    help_text="On the last page: the day since when changes are kept, if older ones are gone.",
                ),
            ),
            name=f"list_{kind.name}_history",
            parameters=[
                LIMIT,
                BEFORE,
            ],
            errors=[404],
            words=(
                f"Returns the recorded changes of one {kind.words.one}, newest first, as its page shows them: who changed which "
                "fields, with the old and the new values in words. Fields that the user of the token may not see are missing. A page "
                "can have fewer changes than limit: follow next until it is null. For the id of a merged record, the answer is the "
                "history of the one that it was merged into, whose address is in the header Content-Location."
            ),
        )
    )
    return document(view)
