"""API v2: the reports that a user may see, and the numbers of one."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers

from crm.api.api_view import build_json_response
from crm.api.call_parameters import parse_url_number, require_known
from crm.api.openapi_parts import build_response_serializer, build_text_field, document_query_parameter
from crm.api.problems import ApiProblem, build_invalid_problem
from crm.api.token_scopes import TokenResource
from crm.api.v2.documentation.call_parts import call
from crm.api.v2.form_values import SEND_DAY
from crm.api.v2.records import refuse_idle_days
from crm.api.v2.v2_view import OwnView, format_moment, get_unknown_parameter_errors
from crm.platform.configuration.company import get_company_currency
from crm.platform.web.rendering.day_input import DayInput
from crm.platform.web.transactions import CountedLater
from crm.records.listing.url_parameters import filter_parameters
from leads.kind import LEAD
from reports.api.report_json import (
    REPORT,
    build_figures_json,
    build_lines_json,
    build_period_json,
    build_table_json,
)
from reports.display.panels import (
    Panel,
    PanelFigures,
    build_figures,
    build_panel,
    build_panels,
    get_distinct_problems,
    get_oldest_count_time,
    get_withheld_sentence,
)
from reports.display.record_lines import LineTable, build_line_table
from reports.display.report_sections import StandardReport
from reports.engine.question import BASES, DEFAULT_QUESTION, parse_question
from reports.engine.report_periods import COMPARISON_LABELS, LABELS
from reports.models import Report
from reports.permissions import VIEW_PERMISSION
from reports.standard_reports import BY_NAME, get_viewable_reports, may_view_report

SEES_LEADS = "leads.view_lead"
RESOURCES = [
    TokenResource("reports", _("Reports"), {"get": VIEW_PERMISSION}, VIEW_PERMISSION),
    # Users can always view their own.
    TokenResource(
        "goals",
        _("Goals"),
        {
            "get": SEES_LEADS,
            "post": "reports.add_goal",
            "put": "reports.change_goal",
            "delete": "reports.delete_goal",
        },
        SEES_LEADS,
    ),
]
# The ids of saved reports, and that of a report of the caller's choice.
SAVED, NEW = "saved-", "new"
# The parameters of a call, apart from `filter`, and those of them that a report which Leadwell comes with has itself.
ASKED = ("measure", "by", "basis", "period", "from", "to", "compare", "sort")
AGAIN_AFTER = "60"


class CountedCall:
    """A call that reads numbers, together with OwnView. Those that it can't wait for are counted by the worker, as those of a page are."""

    def _run_with_retry(self, request: HttpRequest, handler: Any) -> HttpResponseBase:
        try:
            return super()._run_with_retry(request, handler)  # type: ignore[misc]
        except CountedLater as later:
            later.defer()
            sentence = (
                "Counting takes longer than a call may. The numbers are counted now: ask again in a minute."
            )
            raise ApiProblem(503, "too_slow", sentence, headers={"Retry-After": AGAIN_AFTER}) from later


@extend_schema_view(
    get=call(
        "List reports",
        build_response_serializer(
            "Reports",
            reports=build_response_serializer(
                "ReportListed",
                id=build_text_field(
                    help_text="For GET /api/v2/reports/{name}: a name, or saved-12 for a saved report."
                ),
                title=build_text_field(),
                definition=build_text_field(
                    help_text="What it says, in a sentence. Empty for a saved report."
                ),
                saved=serializers.BooleanField(help_text="Whether a user has saved it."),
            )(many=True),
        ),
        name="list_reports",
        words=(
            "Lists the reports that the user of the token may see: those that Leadwell comes with, then those that the user has saved or "
            "others share with them."
        ),
    )
)
class Reports(OwnView):
    resource = "reports"
    http_method_names = ["get", "head"]

    def get(self, request: Any) -> HttpResponse:
        shipped = [
            {
                "id": report.name,
                "title": str(report.title),
                "definition": str(report.definition),
                "saved": False,
            }
            for report in get_viewable_reports(self.user)
        ]
        saved = [
            {"id": f"{SAVED}{report.pk}", "title": report.name, "definition": "", "saved": True}
            for report in Report.objects.visible_to(self.user).by_name()
        ]
        return build_json_response({"reports": [*shipped, *saved]})


def document_choices(name: str, words: str, known: Any) -> Any:
    return document_query_parameter(name, words=words, enum=list(known))


def document_several(name: str, words: str) -> Any:
    several = {"type": "array", "items": {"type": "string"}}
    return document_query_parameter(name, several, words, explode=True, style="form")


@extend_schema_view(
    get=call(
        "Get the numbers of a report",
        REPORT,
        name="get_report",
        errors=[404],
        parameters=[
            document_choices("period", "The period. Without it, that of the page.", LABELS),
            document_query_parameter(
                "from", OpenApiTypes.DATE, "The first day of between, such as 2026-05-01."
            ),
            document_query_parameter("to", OpenApiTypes.DATE, "The last day of between, such as 2026-05-31."),
            document_choices("compare", "What to compare with.", COMPARISON_LABELS),
            document_several(
                "by", "Fields to group by, at most two, in reports that can be grouped otherwise."
            ),
            document_several("measure", "The numbers, only of a saved report or of new."),
            document_choices("basis", "Which leads count, only of a saved report or of new.", BASES),
            document_query_parameter("sort", words="The column to sort by, as in the address of the page."),
            document_query_parameter(
                "filter",
                words="Only the leads of this query string of their list, such as country=DE&vip=yes.",
            ),
        ],
        words=(
            "Returns the numbers of one report as its page shows them, for the leads that the user of the token sees: the numbers at the "
            "top, and each table with a row for each group. records is the address of the records behind a number, in this API. The id new "
            "is a report of your choice: send measure and by. A table has at most 1,000 rows; more are refused. If counting takes too long, "
            "the answer is 503: ask again after Retry-After seconds."
        ),
    )
)
class OneReport(CountedCall, OwnView):
    resource = "reports"
    http_method_names = ["get", "head"]
    parameters = (*ASKED, "filter")

    def get(self, request: Any, name: str) -> HttpResponse:
        title, asked = self.find_report(name)
        data = self.read_parameters(asked)
        if isinstance(asked, StandardReport):
            panels = build_panels(asked, data, self.user)
        else:
            panels = [build_panel(title, parse_question(data, self.user, **DEFAULT_QUESTION), self.user)]
        refuse_problems(panels)
        figures = lines = None
        if isinstance(asked, StandardReport):
            figures = build_figures(asked, data, self.user)
            lines = build_line_table(asked.lines, panels[0].answer.question, self.user)
        return build_json_response({"id": name, "title": title, **build_report_json(panels, figures, lines)})

    def find_report(self, name: str) -> tuple[str, StandardReport | QueryDict]:
        """Its title, and the report that Leadwell comes with or the question of a saved one. Raises Problem 404 or 403."""
        if name == NEW:
            return "Report", QueryDict()
        if name.startswith(SAVED):
            number = parse_url_number(name.removeprefix(SAVED)) or 0
            saved = Report.objects.visible_to(self.user).filter(pk=number).first()
            if saved is None:
                raise ApiProblem(404, "not_found")
            return saved.name, QueryDict(saved.query)
        if name not in BY_NAME:
            raise ApiProblem(404, "not_found")
        if not may_view_report(BY_NAME[name], self.user):
            raise ApiProblem(
                403, "forbidden", "The user of this token may not see the numbers of this report."
            )
        return str(BY_NAME[name].title), BY_NAME[name]

    def read_parameters(self, asked: StandardReport | QueryDict) -> QueryDict:
        """The URL of the page: what is sent takes the place of what is saved. Raises Problem 422."""
        sent = self.request.query_params
        for name, known in (("period", LABELS), ("compare", COMPARISON_LABELS), ("basis", BASES)):
            require_known(name, sent.get(name, ""), ["", *known])
        own = ("measure", "basis") if isinstance(asked, StandardReport) else ()
        if fixed := [name for name in own if name in sent]:
            raise build_invalid_problem(
                **dict.fromkeys(fixed, "This report has its own numbers. Use the report new.")
            )
        data = QueryDict(mutable=True) if isinstance(asked, StandardReport) else asked.copy()
        for name in ASKED:
            if name in sent:
                data.setlist(name, sent.getlist(name))
        if words := [name for name in ("from", "to") if DayInput().is_in_words(sent.get(name, ""))]:
            raise build_invalid_problem(**dict.fromkeys(words, SEND_DAY))
        for name, values in self.read_filter(sent.get("filter", "")).lists():
            data.setlist(name, values)
        return data

    def read_filter(self, text: str) -> QueryDict:
        """Raises Problem 422 for a parameter that the list of leads doesn't have."""
        filters = QueryDict(text)
        known = ["q", *filter_parameters(LEAD, self.user, among=filters)]
        if wrong := get_unknown_parameter_errors(filters, known):
            raise build_invalid_problem(filter=f"Unknown filter {next(iter(wrong))[:60]!r}.")
        refuse_idle_days(filters, known, filters)
        if filters.get("q", "").strip() and f"{LEAD.urls}.search" not in self.token.rights:
            raise ApiProblem(403, "forbidden", "This token or its user may not search.")
        return filters


def refuse_problems(panels: list[Panel]) -> None:
    """Raises Problem 422 for a question that can't be answered."""
    if problems := get_distinct_problems(panels):
        raise build_invalid_problem(__all__=" ".join(map(str, problems)))


def build_report_json(
    panels: list[Panel], figures: PanelFigures | None, lines: LineTable | None
) -> dict[str, Any]:
    question = panels[0].answer.question
    return {
        "currency": get_company_currency(),
        "period": build_period_json(question.period),
        "compared_with": build_period_json(question.compared_period),
        "figures": build_figures_json(figures),
        "figures_compared_with": build_period_json(figures.compared if figures else None),
        "tables": [build_table_json(panel) for panel in panels],
        "lines": build_lines_json(lines),
        "counted_at": format_moment(get_oldest_count_time(panels, figures)),
        "withheld": str(get_withheld_sentence(panels, figures)),
    }
