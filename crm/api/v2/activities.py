"""Activities in API v2: the notes, calls and meetings on records of every type."""

from copy import copy
from dataclasses import replace
from functools import partial
from typing import Any

from django.conf import settings
from django.forms.models import model_to_dict
from rest_framework import serializers

from crm.api.problems import build_invalid_problem
from crm.api.v2.bulk_changes import API
from crm.api.v2.record_items import (
    Filters,
    OneRecordItemView,
    RecordItemListView,
    RecordItemView,
    check_moment,
    fill_valid_form,
)
from crm.api.v2.v2_view import OwnView, format_moment
from crm.models import Activity
from crm.records.history.verb_execution import carry_out
from crm.records.kinds.kind_registry import KINDS
from crm.work.activities.forms import ActivityForm
from crm.work.activities.search import LONGEST, filter_walk_by_words, normalize_query
from crm.work.activities.verbs import AddActivity, DeleteActivity, EditActivity, PinActivity, change_one

FORM = ("text", "outcome", "at", "minutes")
# What a program can add.
NEW = (Activity.Type.NOTE, Activity.Type.CALL, Activity.Type.MEETING)


class ActivityFilters(Filters):
    type = serializers.ChoiceField(Activity.Type.choices, required=False)
    q = serializers.CharField(required=False, max_length=LONGEST)


class OfActivities(RecordItemView):
    resource = "activities"
    model, one, many = Activity, "activity", "activities"

    def shown(self, row: Activity) -> dict[str, Any]:
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
            "url": f"{settings.SITE_URL}{KINDS[row.of].url('activity', row.record, row.pk)}",
        }


class Activities(OfActivities, RecordItemListView, OwnView):
    filters = ActivityFilters
    written = ("type", *FORM)

    def walk(self, asked):
        if "q" in asked:
            self.must("search", "This token or its user may not search.")
        walk, text = super().walk(asked), normalize_query(asked.get("q", ""))
        if text and "record" in asked:
            # One record has few activities.
            return replace(walk, rows=walk.rows.with_words(text))
        return filter_walk_by_words(walk, text) if text else walk

    def narrowed(self, rows, asked):
        return rows.by_user(self.asked_user(asked)) if "user" in asked else rows

    def added(self, kind, record, sent):
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
    read_only = (
        "id",
        "version",
        "of",
        "record",
        "type",
        "direction",
        "user",
        "created_at",
        "updated_at",
        "url",
    )

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
            change_one(verb, row, by=self.user, channel=API)

    def remove(self, row):
        change_one(DeleteActivity(row.type), row, by=self.user, channel=API)
