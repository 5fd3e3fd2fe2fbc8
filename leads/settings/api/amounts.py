"""API v2: exchange rates and what sources cost, added, changed and deleted as on their pages."""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from crm.api.api_view import ACTIONS_BY_METHOD, build_json_response
from crm.api.openapi_parts import (
    IDEMPOTENT,
    build_number_field,
    build_response_serializer,
    build_text_field,
)
from crm.api.token_scopes import TokenResource
from crm.api.v2.documentation.call_parts import IF_MATCH, call
from crm.api.v2.etags import check_version
from crm.api.v2.record_writing import API
from crm.api.v2.settings_changes.form_writing import (
    DONE,
    OPERATION,
    build_sent_serializer,
    read_form_values,
    write_form,
)
from crm.api.v2.v2_view import OwnView, get_row_or_404
from crm.platform.configuration.company import get_company_currency
from crm.records.editing.settings_change import wait_for_others
from leads.models import Rate, Source, SourceCost
from leads.settings.exchange_rates import get_missing_rates, start_recompute_job
from leads.settings.forms.exchange_rates import RateForm
from leads.settings.forms.source_costs import CostForm

SEES, CHANGES_RATES, CHANGES_SOURCES = "leads.view_lead", "leads.change_rate", "leads.change_source"
ACTIONS = ("get", "post", "put", "delete")
RATES = TokenResource("exchange_rates", _("Exchange rates"), dict.fromkeys(ACTIONS, CHANGES_RATES), SEES)
COSTS = TokenResource("source_costs", _("Costs of sources"), dict.fromkeys(ACTIONS, CHANGES_SOURCES), SEES)
# The fields of the forms, which programs know by the same names.
NEW_RATE, CHANGED_RATE = {"currency": "currency", "day": "day", "rate": "rate"}, {"rate": "rate"}
NEW_COST, CHANGED_COST = {"month": "month", "amount": "amount"}, {"amount": "amount"}
RATE_ROW: dict[str, serializers.Field] = {
    "id": build_number_field(),
    "currency": build_text_field(),
    "day": serializers.DateField(help_text="From this day on, until the next rate."),
    "rate": serializers.FloatField(help_text="The value of one unit in the base currency."),
}
COST_ROW: dict[str, serializers.Field] = {
    "id": build_number_field(),
    "month": build_text_field(help_text="Such as 2026-11."),
    "amount": serializers.FloatField(help_text="In the base currency."),
    "version": build_number_field(help_text="For If-Match."),
}
JOB = build_number_field(
    allow_null=True, help_text="Id of the job that updates the values of records; null if there are none."
)
RATE = build_response_serializer("ExchangeRate", **RATE_ROW)
RATE_WRITTEN = build_response_serializer("ExchangeRateWritten", **RATE_ROW, job=JOB)
RATE_DELETED = build_response_serializer("ExchangeRateDeleted", deleted=serializers.BooleanField(), job=JOB)
MISSING = build_response_serializer(
    "MissingExchangeRate",
    currency=build_text_field(),
    leads=build_number_field(help_text="How many leads of the user have a value that isn’t counted."),
    first_day=serializers.DateField(allow_null=True, help_text="The day of the first rate, if there is one."),
)
COST = build_response_serializer("SourceCost", **COST_ROW)
COST_WRITTEN = build_response_serializer("SourceCostWritten", **COST_ROW, operation=OPERATION)


def build_rate_json(row: Rate) -> dict[str, Any]:
    return {"id": row.pk, "currency": row.currency, "day": row.day.isoformat(), "rate": float(row.rate)}


def build_cost_json(row: SourceCost) -> dict[str, Any]:
    amount = float(Decimal(row.amount))
    return {"id": row.pk, "month": f"{row.month:%Y-%m}", "amount": amount, "version": row.version}


class RateRows:
    """What the calls about exchange rates share, together with OwnView."""

    resource = RATES.name
    user: Any

    def build_written_response(self, row: Rate, status: int = 200) -> HttpResponse:
        row.refresh_from_db()
        return build_json_response(build_rate_json(row) | self.start_update(row.currency), status)

    def start_update(self, currency: str) -> dict[str, Any]:
        job = start_recompute_job(currency, self.user)
        return {"job": job.pk if job else None}


@extend_schema_view(
    get=call(
        "List exchange rates",
        build_response_serializer(
            "ExchangeRates",
            base_currency=build_text_field(),
            exchange_rates=RATE(many=True),
            missing=MISSING(many=True, help_text="The currencies of leads without a rate."),
        ),
        name="list_exchange_rates",
        words="Lists the exchange rates by currency, the newest of each first.",
    ),
    post=call(
        "Add an exchange rate",
        RATE_WRITTEN,
        name="add_exchange_rate",
        sends=build_sent_serializer("NewExchangeRate", RateForm, NEW_RATE),
        made=True,
        parameters=[IDEMPOTENT],
        example={"currency": "USD", "day": "2026-02-03", "rate": 0.9},
        words="Adds a rate from a day on. A job updates the values of records in this currency.",
    ),
)
class ExchangeRates(RateRows, OwnView):
    http_method_names = ["get", "head", "post"]

    def get(self, request: Any) -> HttpResponse:
        missing = [
            {"currency": one.code, "leads": one.leads, "first_day": one.first_rate}
            for one in get_missing_rates(self.user)
        ]
        rates = [build_rate_json(row) for row in Rate.objects.changeable().newest_first()]
        base = {"base_currency": get_company_currency()}
        return build_json_response({**base, "exchange_rates": rates, "missing": missing})

    def post(self, request: HttpRequest) -> HttpResponse:
        wait_for_others()
        row, _record = write_form(RateForm, *read_form_values(self.sent_fields, NEW_RATE), self.user)
        self.headers["Location"] = f"{request.path}/{row.pk}"
        return self.build_written_response(row, 201)


@extend_schema_view(
    patch=call(
        "Change an exchange rate",
        RATE_WRITTEN,
        name="change_exchange_rate",
        sends=build_sent_serializer("ChangedExchangeRate", RateForm, CHANGED_RATE),
        errors=[404],
        example={"rate": 0.8},
        words="Changes the value of a rate. To go back, send the old value. A job updates the values of records in this currency.",
    ),
    delete=call(
        "Delete an exchange rate",
        RATE_DELETED,
        name="delete_exchange_rate",
        errors=[404],
        words="Deletes a rate. A job updates the values of records in this currency.",
    ),
)
class OneExchangeRate(RateRows, OwnView):
    http_method_names = ["patch", "delete"]
    actions = ACTIONS_BY_METHOD | {"PATCH": "put"}

    def patch(self, request: HttpRequest, pk: str) -> HttpResponse:
        wait_for_others()
        row = get_row_or_404(Rate.objects.changeable(), pk)
        values = read_form_values(self.sent_fields, CHANGED_RATE)
        write_form(lambda data: RateForm(data, instance=row), *values, self.user)
        return self.build_written_response(row)

    def delete(self, request: Any, pk: str) -> HttpResponse:
        wait_for_others()
        row = get_row_or_404(Rate.objects.changeable(), pk)
        form = RateForm(instance=row)
        form.channel = API
        form.remove(self.user)
        return build_json_response({"deleted": True} | self.start_update(row.currency))


@extend_schema_view(
    get=call(
        "List costs of a source",
        build_response_serializer("SourceCosts", costs=COST(many=True)),
        name="list_source_costs",
        errors=[404],
        words="Lists what a source cost in each month, the latest first.",
    ),
    post=call(
        "Add a cost of a source",
        COST_WRITTEN,
        name="add_source_cost",
        sends=build_sent_serializer("NewSourceCost", CostForm, NEW_COST),
        made=True,
        parameters=[IDEMPOTENT],
        errors=[404],
        example={"month": "2026-11", "amount": 1200},
        words="Adds what a source cost in a month, in one operation, which can be undone.",
    ),
)
class SourceCosts(OwnView):
    resource = COSTS.name
    http_method_names = ["get", "head", "post"]

    def get(self, request: Any, pk: str) -> HttpResponse:
        source = get_row_or_404(Source.objects.all(), pk)
        return build_json_response({"costs": [build_cost_json(row) for row in source.costs.newest_first()]})

    def post(self, request: HttpRequest, pk: str) -> HttpResponse:
        wait_for_others()
        source = get_row_or_404(Source.objects.all(), pk)
        values = read_form_values(self.sent_fields, NEW_COST)
        row, record = write_form(lambda data: CostForm(data, source=source), *values, self.user)
        self.headers["Location"] = f"{request.path}/{row.pk}"
        row.refresh_from_db()
        return build_json_response(build_cost_json(row) | {"operation": record.pk}, 201)


@extend_schema_view(
    patch=call(
        "Change a cost of a source",
        COST_WRITTEN,
        name="change_source_cost",
        sends=build_sent_serializer("ChangedSourceCost", CostForm, CHANGED_COST),
        parameters=[IF_MATCH],
        errors=[404, 412],
        example={"amount": 1300},
        words="Changes the amount of a month, in one operation, which can be undone.",
    ),
    delete=call(
        "Delete a cost of a source",
        DONE,
        name="delete_source_cost",
        parameters=[IF_MATCH],
        errors=[404, 412],
        words="Deletes the cost of a month, in one operation, which can be undone.",
    ),
)
class OneSourceCost(OwnView):
    resource = COSTS.name
    http_method_names = ["patch", "delete"]
    actions = ACTIONS_BY_METHOD | {"PATCH": "put"}

    def get_cost(self, request: HttpRequest, pk: str, cost: str) -> SourceCost:
        """At the version that the call expects. Raises Problem 404 or 412."""
        wait_for_others()
        row = get_row_or_404(get_row_or_404(Source.objects.all(), pk).costs.all(), cost)
        check_version(request, row.version)
        return row

    def patch(self, request: HttpRequest, pk: str, cost: str) -> HttpResponse:
        row = self.get_cost(request, pk, cost)
        values = read_form_values(self.sent_fields, CHANGED_COST)
        row, record = write_form(
            lambda data: CostForm(data, source=row.source, instance=row), *values, self.user
        )
        row.refresh_from_db()
        return build_json_response(build_cost_json(row) | {"operation": record.pk})

    def delete(self, request: Any, pk: str, cost: str) -> HttpResponse:
        row = self.get_cost(request, pk, cost)
        form = CostForm(source=row.source, instance=row)
        form.channel = API
        return build_json_response({"operation": form.remove(self.user).pk})


COSTS_OF_SOURCE = "sources/<str:pk>/costs"
urlpatterns = [
    path("exchange-rates", ExchangeRates.as_view(), name="own_exchange_rates"),
    path("exchange-rates/<str:pk>", OneExchangeRate.as_view(), name="own_exchange_rate"),
    path(COSTS_OF_SOURCE, SourceCosts.as_view(), name="own_source_costs"),
    path(f"{COSTS_OF_SOURCE}/<str:cost>", OneSourceCost.as_view(), name="own_source_cost"),
]
