"""Tasks in API v2: what is to be done about records of every type."""

from copy import copy
from functools import partial
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.forms.models import model_to_dict
from rest_framework import serializers

from crm.api.openapi_parts import build_text_field
from crm.api.problems import build_invalid_problem
from crm.api.v2.bulk_changes import API
from crm.api.v2.changes.change_feed import ItemChanges
from crm.api.v2.documentation.field_schemas import DAY, build_row_serializer, build_sent_fields
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
    fill_valid_form,
    raise_if_refused,
)
from crm.api.v2.v2_view import OwnView, format_moment
from crm.models import Task
from crm.records.history.verb_execution import Verb, carry_out
from crm.records.kinds.kind_registry import KINDS
from crm.work.tasks.forms import TaskForm
from crm.work.tasks.verbs import (
    CompleteTask,
    DeleteTask,
    EditTask,
    ReopenTask,
    carry_out_on_tasks,
    lock_records,
)

FORM = tuple(TaskForm.Meta.fields)
REPEATS = f"{', '.join(filter(None, Task.Repeat.values))}; empty if it doesn't repeat."


class TaskFilters(Filters):
    type = build_type_filter_field(Task.Type)
    user = build_user_filter_field("By the user they are for")
    done = serializers.BooleanField(required=False, help_text="yes for completed tasks, no for open ones.")


class OfTasks(RecordItemView):
    resource = "tasks"
    model, one, many = Task, "task", "tasks"
    row = build_row_serializer(
        "Task",
        Task,
        {
            "id": "",
            "version": "",
            "of": RECORD_TYPE,
            "record": RECORD_ID,
            "title": "",
            "type": serializers.ChoiceField(Task.Type.choices),
            "priority": serializers.ChoiceField(Task.Priority.choices),
            "description": "",
            "due_on": "",
            "due_time": "In the time zone of the user it is for. null if it is due all day.",
            "user": f"Whom it is for. {USER}",
            "repeat": REPEATS,
            "done": serializers.BooleanField(),
            "done_at": "",
            "done_by": USER,
            "created_by": USER,
            "created_at": "",
            "updated_at": "",
            "url": build_text_field(),
        },
    )

    def build_item_json(self, row: Task) -> dict[str, Any]:
        return {
            "id": row.pk,
            "version": row.version,
            "of": row.of,
            "record": row.record,
            "title": row.title,
            "type": row.type,
            "priority": row.priority,
            "description": row.description,
            "due_on": row.due_on,
            "due_time": row.due_time.strftime("%H:%M") if row.due_time else None,
            "user": row.user_id,
            "repeat": row.repeat,
            "done": row.is_done,
            "done_at": format_moment(row.done_at),
            "done_by": row.done_by_id,
            "created_by": row.created_by_id,
            "created_at": format_moment(row.created_at),
            "updated_at": format_moment(row.updated_at),
            "url": f"{settings.SITE_URL}{KINDS[row.of].get_url('task', row.record, row.pk)}",
        }


class Tasks(OfTasks, RecordItemListView, OwnView):
    filters = TaskFilters
    written = FORM

    def filter_by_index(self, rows, asked):
        return rows.for_user(self.get_asked_user(asked)) if "user" in asked else rows

    def build_filter_condition(self, asked):
        done = Q(done_at__isnull=not asked["done"]) if "done" in asked else Q()
        return super().build_filter_condition(asked) & done

    def add_item(self, kind, record, sent):
        make = partial(TaskForm, record=record, viewer=self.user)
        form = fill_valid_form(make(), sent, make, {"user": self.user.pk})
        rows = kind.model.objects.present().changeable_by(self.user).filter(pk=record.pk)
        return carry_out(form.build_verb(self.user), rows, by=self.user, channel=API)


class OneTask(OfTasks, OneRecordItemView, OwnView):
    written = (*FORM, "done")

    def lock(self, pk):
        """Records before their tasks, as everywhere."""
        changeable = Task.objects.present().changeable_by(self.user)
        lock_records(list(changeable.filter(pk=pk).values_list("pk", flat=True)))
        super().lock(pk)

    def change(self, row, sent):
        turned = self.get_completion_verb(row, sent)
        changes = self.parse_edited_fields(row, sent) if sent else {}
        verb: Verb | None = turned
        if changes:
            verb = EditTask(changes | (turned.get_values() if turned else {}))
        if verb:
            raise_if_refused(carry_out_on_tasks(verb, [row.pk], by=self.user, channel=API))

    def get_completion_verb(self, row: Task, sent: dict[str, Any]) -> CompleteTask | ReopenTask | None:
        """Completing or reopening it, if that was asked for."""
        done = sent.pop("done", row.is_done)
        if not isinstance(done, bool):
            raise build_invalid_problem(done="Send true or false.")
        if done == row.is_done:
            return None
        return CompleteTask(self.user) if done else ReopenTask()

    def parse_edited_fields(self, row: Task, sent: dict[str, Any]) -> dict[str, Any]:
        record = KINDS[row.of].model.objects.get(pk=row.record)
        make = partial(TaskForm, record=record, viewer=self.user, instance=copy(row))
        form = fill_valid_form(make(), sent, make, model_to_dict(row, fields=FORM))
        return {
            name: form.cleaned_data[name] for name in sent if form.cleaned_data[name] != getattr(row, name)
        }

    def remove(self, row):
        carry_out_on_tasks(DeleteTask(), [row.pk], by=self.user, channel=API)


class TaskChanges(OfTasks, ItemChanges, OwnView):
    """What has changed."""


document_items(
    Tasks,
    OneTask,
    TaskChanges,
    sent=build_sent_fields(
        Task,
        {
            **dict.fromkeys(FORM, ""),
            "title": "What is to be done.",
            "due_on": DAY,
            "due_time": "A time such as 14:30 in the time zone of the user it is for, or null. It needs due_on.",
            "user": f"Whom it is for. {USER} For another user, the task stays due at the same moment, on their clock, "
            "unless due_on or due_time changes too.",
            "repeat": f"{REPEATS} The next one is added when it is completed.",
            "done": serializers.BooleanField(
                required=False, help_text="true completes the task, false opens it again."
            ),
        },
    ),
    words=(
        "Users change the tasks of records that they can change, and the tasks that are for them. A task can only be for a "
        "user who sees its record."
    ),
)
