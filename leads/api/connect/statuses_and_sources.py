"""The CRM Connect dialect: lead statuses and sources, saved by the same forms as on the screens."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms.models import model_to_dict
from django.http import HttpResponse
from rest_framework import serializers

from accounts.models import User
from crm.api.api_view import build_json_response
from crm.api.problems import ApiProblem, build_invalid_form_problem
from crm.records.editing.settings_change import record_settings_change, wait_for_others
from crm.records.editing.settings_form import SettingsForm
from leads.api.connect.connect_leads import ConnectView
from leads.api.connect.field_parsing import ConnectFields, clean_fields
from leads.api.connect.lead_rows import get_hex_color, get_nearest_hue
from leads.api.lead_writing import API
from leads.models import Lead, Pipeline, Source, Status
from leads.settings.forms.settings_forms import SourceForm, StatusForm
from leads.settings.retirement import RetirementRefused, RowRetirement
from leads.settings.settings_tables import SETTINGS_TABLES
from leads.settings.usage import build_usage_condition


class ConnectStatus(ConnectFields):
    """A status. statusorder is its place in the list, kind says how Leadwell treats leads in it."""

    name = serializers.CharField(label="Status Name", max_length=60)
    color = serializers.CharField(
        label="Color", required=False, allow_blank=True, allow_null=True, max_length=30
    )
    statusorder = serializers.IntegerField(label="Order", required=False, min_value=1, max_value=32_000)
    kind = serializers.ChoiceField(Status.Kind.choices, label="Kind", required=False)


class ConnectSource(ConnectFields):
    """A source of leads."""

    name = serializers.CharField(label="Source Name", max_length=60)
    kind = serializers.ChoiceField(Source.Kind.choices, label="Kind", required=False)


def build_status_json(row: Status) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "name": row.label,
        "statusorder": str(row.position + 1),
        "color": get_hex_color(row.hue),
        "isdefault": str(int(row.key == "won")),
        "next_statuses": [str(pk) for pk in row.next_statuses],
    }


def build_source_json(row: Source) -> dict[str, str]:
    return {"id": str(row.pk), "name": row.label}


@dataclass(frozen=True)
class Table:
    """Statuses or sources: `name` in the history, `thing` in messages, the active rows in order."""

    name: str
    thing: str
    rows: Callable[[], QuerySet]
    shown: Callable[[Any], dict[str, Any]]
    fields: type[ConnectFields]
    form: type[SettingsForm]


STATUS = Table(
    "status",
    "Lead Status",
    lambda: Status.objects.of_leads().active().in_order(),
    build_status_json,
    ConnectStatus,
    StatusForm,
)
SOURCE = Table(
    "source",
    "Lead Source",
    lambda: Source.objects.active().by_name(),
    build_source_json,
    ConnectSource,
    SourceForm,
)


def build_table_response(table: Table) -> HttpResponse:
    found = [table.shown(row) for row in table.rows()]
    if not found:
        raise ApiProblem(404, "not_found")
    return build_json_response(found)


def get_usable_row(table: Table, pk: int, message: str = ""):
    """Raises Problem 404, also for retired rows, because new leads can't use them."""
    row = table.rows().filter(pk=pk).first()
    if row is None:
        raise ApiProblem(404, "not_found", message)
    return row


def write_settings_row(table: Table, sent: dict[str, Any], user: User, row=None) -> int:
    """Save as one operation. Returns the ID."""
    data = clean_fields(table.fields, sent, partial=row is not None)
    form = build_filled_form(table, data, row)
    if not form.is_valid():
        raise build_invalid_form_problem(
            {"color" if name == "hue" else name: texts for name, texts in form.errors.items()}
        )
    with record_settings_change(
        f"{'add' if row is None else 'edit'}_{table.name}", by=user, channel=API
    ) as record:
        form.save()
        form.after_save()
        if "statusorder" in data:
            Status.objects.filter(pk=form.instance.pk).update(position=data["statusorder"] - 1)
        record.parameters["rows"] = [form.instance.pk]
    return form.instance.pk


def build_filled_form(table: Table, data: dict[str, Any], row) -> SettingsForm:
    """The form of the screen, with the existing and the submitted values."""
    form = table.form(instance=row)
    values = model_to_dict(form.instance, fields=list(form.fields))
    values |= {name: value for name, value in data.items() if name in form.fields}
    # Grays and invalid colors leave the hue unchanged.
    hue = get_nearest_hue(data.get("color") or "")
    if hue is not None:
        values["hue"] = hue
    if "pipeline" in form.fields and values.get("pipeline") is None:
        values["pipeline"] = Pipeline.objects.get_for_department(None).pk
    # A call that sends a kind confirms the change.
    values["confirmed"] = "kind" in data
    return table.form(_get_posted_values(values, form), instance=row)


def _get_posted_values(values: dict[str, Any], form: SettingsForm) -> dict[str, Any]:
    """As a browser sends it: without empty values and without unchecked boxes."""
    ticks = [name for name, field in form.fields.items() if isinstance(field, forms.BooleanField)]
    return {
        name: value for name, value in values.items() if value is not None and (name not in ticks or value)
    }


def delete_settings_row(table: Table, row, user: User) -> None:
    """Raises Problem 409 while leads use it, and for the status of new leads."""
    if Lead.objects.filter(build_usage_condition(table.name, row.pk)).exists():
        raise ApiProblem(
            409, "used", f"{table.thing} Delete Fail. Leads have it: give them another one first."
        )
    try:
        RowRetirement(SETTINGS_TABLES[table.name], row.pk, channel=API).carry_out(by=user)
    except RetirementRefused as refused:
        raise ApiProblem(409, "used", f"{table.thing} Delete Fail. {refused}") from refused


class Statuses(ConnectView):
    resource = "lead_statuses"

    def get_known_fields(self):
        return ConnectStatus().fields

    def get(self, request):
        return build_table_response(STATUS)

    def post(self, request):
        wait_for_others()
        pk = write_settings_row(STATUS, self.sent_fields, self.user)
        return build_json_response(
            {"status": True, "message": "Lead Status add successful.", "record_id": pk}
        )


class OneStatus(ConnectView):
    resource = "lead_statuses"

    def get_known_fields(self):
        return ConnectStatus().fields

    def get(self, request, pk):
        return build_json_response(
            build_status_json(get_usable_row(STATUS, self.parse_id(pk, "Lead Status")))
        )

    def put(self, request, pk):
        sent = self.get_body()
        wait_for_others()
        row = get_usable_row(STATUS, self.parse_id(pk, "Lead Status"), "Lead Status Update Fail.")
        write_settings_row(STATUS, sent, self.user, row)
        return build_json_response({"status": True, "message": "Lead Status Update Successful."})

    def delete(self, request, pk):
        row = get_usable_row(STATUS, self.parse_id(pk, "Lead Status"), "Lead Status Delete Fail.")
        delete_settings_row(STATUS, row, self.user)
        return build_json_response({"status": True, "message": "Lead Status Delete Successful."})


class Sources(ConnectView):
    resource = "lead_sources"

    def get_known_fields(self):
        return ConnectSource().fields

    def get(self, request):
        return build_table_response(SOURCE)

    def post(self, request):
        wait_for_others()
        pk = write_settings_row(SOURCE, self.sent_fields, self.user)
        return build_json_response(
            {"status": True, "message": "Lead Source add successful.", "record_id": pk}
        )


class OneSource(ConnectView):
    resource = "lead_sources"

    def get_known_fields(self):
        return ConnectSource().fields

    def get(self, request, pk):
        return build_json_response(
            build_source_json(get_usable_row(SOURCE, self.parse_id(pk, "Lead Source")))
        )

    def put(self, request, pk):
        sent = self.get_body()
        wait_for_others()
        row = get_usable_row(SOURCE, self.parse_id(pk, "Lead Source"), "Lead Source Update Fail.")
        write_settings_row(SOURCE, sent, self.user, row)
        return build_json_response({"status": True, "message": "Lead Source Update Successful."})

    def delete(self, request, pk):
        row = get_usable_row(SOURCE, self.parse_id(pk, "Lead Source"), "Lead Source Delete Fail.")
        delete_settings_row(SOURCE, row, self.user)
        return build_json_response({"status": True, "message": "Lead Source Delete Successful."})
