"""Activities in API v2: the notes, calls and meetings on records of every type."""

from copy import copy
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from django.conf import settings
from django.forms.models import model_to_dict
from rest_framework import serializers

from crm.api.openapi_parts import build_number_field, build_text_field
from crm.api.problems import build_invalid_problem
from crm.api.v2.bulk_changes import API
from crm.api.v2.changes.change_feed import ItemChanges
from crm.api.v2.documentation.field_schemas import build_row_serializer, build_sent_fields
from crm.api.v2.documentation.item_calls import USER, document_items
from crm.api.v2.record_items import (
    RECORD_ID,
    RECORD_TYPE,
    Filters,
    OneRecordItemView,
    RecordItemListView,
    RecordItemView,
    build_type_filter_field,
    build_user_filter_field,
    check_moment,
    fill_valid_form,
)
from crm.api.v2.v2_view import OwnView, format_moment
from crm.models import Activity
from crm.records.history.verb_execution import carry_out
from crm.records.kinds.kind_registry import KINDS
from crm.records.paging.index_walk import TOOK_PLACE
from crm.work.activities.forms import ActivityForm
from crm.work.activities.search import LONGEST, filter_walk_by_words, normalize_query
from crm.work.activities.verbs import (
    AddActivity,
    DeleteActivity,
    EditActivity,
    PinActivity,
    carry_out_on_activity,
)

FORM = ("text", "outcome", "at", "minutes")
# What a program can add.
NEW = (Activity.Type.NOTE, Activity.Type.CALL, Activity.Type.MEETING)
OUTCOMES = ", ".join(Activity.Outcome.values)
PERIOD = {"at_from", "at_to"}


class ActivityFilters(Filters):
    type = build_type_filter_field(Activity.Type)
    user = build_user_filter_field("By author")
    at_from = serializers.DateTimeField(
        required=False,
        help_text="Those that took place or are planned at this time or later. With it or at_to, the earliest comes first.",
    )
    at_to = serializers.DateTimeField(
        required=False, help_text="Those that took place or are planned before this time."
    )
    q = serializers.CharField(
        required=False,
        max_length=LONGEST,
        help_text="Words to search for, or their beginnings: those whose text has all of them. The token needs the right to search "
        "activities.",
    )

    def validate(self, asked: dict[str, Any]) -> dict[str, Any]:
        asked = super().validate(asked)
        if asked.keys() >= PERIOD and asked["at_to"] < asked["at_from"]:
            raise serializers.ValidationError({"at_to": "The end is before the beginning."})
        return asked


class OfActivities(RecordItemView):
    resource: ClassVar[str] = "activities"
    model, one, many = Activity, "activity", "activities"
    row = build_row_serializer(
        "Activity",
        Activity,
        {
            "id": "",
            "version": "",
            "of": RECORD_TYPE,
            "record": RECORD_ID,
            "type": serializers.ChoiceField(Activity.Type.choices),
            "text": "Markdown.",
            "outcome": f"How a call went: {OUTCOMES}. How far an email got: {', '.join(Activity.Delivery.values)}. "
            f"{Activity.Plan.PLANNED.value} for a meeting until it is over, {Activity.Plan.NO_SHOW.value} if no one came. Otherwise empty.",
            "direction": "incoming or outgoing for a call that a phone system has logged, else empty.",
            "at": "When it happened.",
            "minutes": "",
            "pinned": "true if it is above the timeline.",
            "user": build_number_field(allow_null=True, help_text=f"The author. {USER}"),
            "created_at": "",
            "updated_at": "",
            "url": build_text_field(),
        },
    )

    def build_item_json(self, row: Activity) -> dict[str, Any]:
        return {
            "id": row.pk,
            "version": row.version,
            "of": row.of,
            "record": row.record,
            "type": row.type,
            "text": row.text,
            "outcome": row.outcome,
            "direction": row.direction,
            "at": format_moment(row.at),
            "minutes": row.minutes,
            "pinned": row.pinned,
            "user": row.created_by_id,
            "created_at": format_moment(row.created_at),
            "updated_at": format_moment(row.updated_at),
            "url": f"{settings.SITE_URL}{KINDS[row.of].get_url('activity', row.record, row.pk)}",
        }


class Activities(OfActivities, RecordItemListView, OwnView):
    filters = ActivityFilters
    written = ("type", *FORM)

    def build_walk(self, asked):
        if "q" in asked:
            self.require_right("search", "This token or its user may not search.")
        walk, text = super().build_walk(asked), normalize_query(asked.get("q", ""))
        if "since" not in asked and PERIOD.intersection(asked):
            walk = replace(walk, order=TOOK_PLACE)
        if text and "record" in asked:
            # One record has few activities.
            return replace(walk, rows=walk.rows.with_words(text))
        return filter_walk_by_words(walk, text) if text else walk

    def filter_by_index(self, rows, asked):
        rows = rows.by_user(self.get_asked_user(asked)) if "user" in asked else rows
        return (
            rows.begins_between(asked.get("at_from"), asked.get("at_to"))
            if PERIOD.intersection(asked)
            else rows
        )

    def add_item(self, kind, record, sent):
        if sent.get("type") and sent["type"] not in NEW:
            raise build_invalid_problem(type=f"Send one of these: {', '.join(NEW)}.")
        check_moment(sent, "at")
        data = fill_valid_form(ActivityForm(), sent, ActivityForm, {}).cleaned_data
        verb = AddActivity(self.user, **{name: data[name] for name in ("type", *FORM)})
        return carry_out(
            verb,
            kind.model.objects.present().changeable_by(self.user).filter(pk=record.pk),
            by=self.user,
            channel=API,
        )


class OneActivity(OfActivities, OneRecordItemView, OwnView):
    written = (*FORM, "pinned")

    def change(self, row, sent):
        check_moment(sent, "at")
        changes = {}
        if "pinned" in sent:
            changes["pinned"] = sent.pop("pinned")
            if not isinstance(changes["pinned"], bool):
                raise build_invalid_problem(pinned="Send true or false.")
        if sent:
            make = partial(ActivityForm, instance=copy(row))
            form = fill_valid_form(make(), sent, make, model_to_dict(row, fields=FORM))
            changes |= {name: form.cleaned_data[name] for name in sent}
            if changes.get("at", row) is None:
                del changes["at"]
        changes = {name: value for name, value in changes.items() if value != getattr(row, name)}
        if changes:
            only_pin = [*changes] == ["pinned"]
            verb = PinActivity(changes["pinned"]) if only_pin else EditActivity(row.type, changes)
            carry_out_on_activity(verb, row, by=self.user, channel=API)

    def remove(self, row):
        carry_out_on_activity(DeleteActivity(row.type), row, by=self.user, channel=API)


class ActivityChanges(OfActivities, ItemChanges, OwnView):
    """What has changed."""


document_items(
    Activities,
    OneActivity,
    ActivityChanges,
    sent=build_sent_fields(
        Activity,
        {
            "type": build_text_field(
                required=False, help_text=f"{', '.join(NEW)}; note is the default. It can't be changed later."
            ),
            "text": "In Markdown. A note needs one.",
            "outcome": f"How a call went: {OUTCOMES}. Calls need one. Of a meeting that has begun, {Activity.Plan.NO_SHOW.value} if no one "
            "came, or empty if someone did.",
            "at": serializers.DateTimeField(
                required=False,
                allow_null=True,
                help_text="When it happened, with a time zone. Now if you don't send it. Only a meeting can be in the future: it is "
                "planned. If people are invited to it, they are sent a new time.",
            ),
            "minutes": "How long a call or a meeting took.",
            "pinned": "",
        },
    ),
    words="Users change their own activities; changing those of others needs a permission.",
)
