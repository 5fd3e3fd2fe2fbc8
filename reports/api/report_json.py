"""The numbers of a report as JSON, and how they look in the documentation."""

from typing import Any

from django.utils.text import capfirst
from rest_framework import serializers

from crm.api.openapi_parts import build_response_serializer, build_text_field
from crm.api.v2.v2_view import OWN_PREFIX
from reports.display.panels import Panel, PanelFigures
from reports.display.record_lines import LineTable
from reports.display.tables import TableCell, build_cell
from reports.engine.drill_down import build_figure_query
from reports.engine.measures import Measure, Unit
from reports.engine.report_answer import ReportAnswer, ReportGroup
from reports.engine.report_periods import ReportPeriod

VALUE = build_response_serializer(
    "ReportValue",
    measure=build_text_field(help_text="The name of the number."),
    value=serializers.FloatField(
        allow_null=True, help_text="null without one, or if the user of the token may not see it."
    ),
    before=serializers.FloatField(
        allow_null=True, help_text="The same in the compared period; null without one."
    ),
    text=build_text_field(help_text="The number as the page shows it, such as 5.7%."),
    note=build_text_field(
        help_text="What the page says below it, such as 3 of 40, or why it is missing; or empty."
    ),
    records=build_text_field(
        allow_null=True,
        help_text="The address of the leads or deals behind the number; null if there are none.",
    ),
)
MEASURE = build_response_serializer(
    "ReportMeasure",
    name=build_text_field(),
    label=build_text_field(),
    unit=serializers.ChoiceField(
        [unit.value for unit in Unit], help_text="money is in the currency of the report."
    ),
    definition=build_text_field(help_text="What it counts, in a sentence."),
)
FIELD = build_response_serializer("ReportField", name=build_text_field(), label=build_text_field())
ROW = build_response_serializer(
    "ReportRow",
    keys=serializers.ListField(
        child=build_text_field(allow_null=True),
        help_text="The value of each field that the table is grouped by, such as the id of a source or a date; null for none.",
    ),
    labels=serializers.ListField(child=build_text_field(), help_text="The same in words."),
    values=VALUE(many=True, help_text="One for each measure, in their order."),
)
TABLE = build_response_serializer(
    "ReportTable",
    title=build_text_field(),
    groups=FIELD(many=True, help_text="The fields that it is grouped by, at most two."),
    measures=MEASURE(many=True),
    rows=ROW(many=True),
    total=VALUE(many=True, help_text="Of all groups together."),
)
PERIOD = build_response_serializer(
    "ReportDays",
    name=build_text_field(),
    first=serializers.DateField(allow_null=True, help_text="The first day; null if it has none."),
    last=serializers.DateField(
        allow_null=True, help_text="The last day, which is included; null if it has none."
    ),
)
LINES = build_response_serializer(
    "ReportLines",
    title=build_text_field(),
    heads=serializers.ListField(child=build_text_field()),
    rows=serializers.ListField(child=serializers.ListField(child=build_text_field())),
    has_more=serializers.BooleanField(help_text="Whether there are more records than these."),
)
REPORT = build_response_serializer(
    "Report",
    id=build_text_field(),
    title=build_text_field(),
    currency=build_text_field(help_text="That of all amounts."),
    period=PERIOD(),
    compared_with=PERIOD(
        allow_null=True, help_text="The period of the values under before; null without one."
    ),
    figures=VALUE(many=True, help_text="The numbers at the top of the page."),
    figures_compared_with=PERIOD(
        allow_null=True, help_text="The period of the values under before at the top."
    ),
    tables=TABLE(many=True),
    lines=LINES(allow_null=True, help_text="A line for each record below the tables, if the report has any."),
    counted_at=serializers.DateTimeField(
        allow_null=True, help_text="When the oldest of these numbers were counted; null for now."
    ),
    withheld=build_text_field(help_text="Why the user of the token doesn't see some numbers, or empty."),
)


def build_table_json(panel: Panel) -> dict[str, Any]:
    answer = panel.answer
    return {
        "title": str(panel.title),
        "groups": [
            {"name": dimension.name, "label": capfirst(str(dimension.label))}
            for dimension in answer.question.by
        ],
        "measures": [_build_measure_json(measure) for measure in answer.question.measures],
        "rows": [
            {
                "keys": [_build_key_text(key) for key in group.keys],
                "labels": [str(text) for text in group.texts],
                "values": _build_values_json(answer, group),
            }
            for group in answer.groups
        ],
        "total": _build_values_json(answer, answer.total),
    }


def build_figures_json(figures: PanelFigures | None) -> list[dict[str, Any]]:
    if figures is None:
        return []
    return [_build_value_json(figures.answer, one.group, one.measure, one.cell) for one in figures.each]


def build_period_json(period: ReportPeriod | None) -> dict[str, Any] | None:
    return {"name": period.name, "first": period.first, "last": period.last} if period else None


def build_lines_json(lines: LineTable | None) -> dict[str, Any] | None:
    if lines is None:
        return None
    return {
        "title": str(lines.title),
        "heads": [str(head) for head in lines.heads],
        "rows": [[str(cell.text) for cell in row] for row in lines.rows],
        "has_more": lines.has_more,
    }


def _build_measure_json(measure: Measure) -> dict[str, str]:
    return {
        "name": measure.name,
        "label": str(measure.label),
        "unit": measure.unit.value,
        "definition": str(measure.definition),
    }


def _build_key_text(key: Any) -> str | None:
    """As links have it: a date in ISO 8601."""
    return None if key in (None, "") else str(key)


def _build_values_json(answer: ReportAnswer, group: ReportGroup) -> list[dict[str, Any]]:
    return [
        _build_value_json(answer, group, measure, build_cell(answer, group, measure))
        for measure in answer.question.measures
    ]


def _build_value_json(
    answer: ReportAnswer, group: ReportGroup, measure: Measure, cell: TableCell
) -> dict[str, Any]:
    before = _find_group_before(answer, group, measure)
    return {
        "measure": measure.name,
        "value": _convert_to_number(group.get_value(measure)),
        "before": _convert_to_number(before.get_value(measure)) if before else None,
        "text": str(cell.text),
        "note": str(cell.note or cell.unknown),
        "records": _build_records_address(answer, group, measure) if cell.url else None,
    }


def _find_group_before(answer: ReportAnswer, group: ReportGroup, measure: Measure) -> ReportGroup | None:
    """The same group in the compared period, where the page has an arrow too."""
    if answer.before is None or measure.has_no_period_before or any(one.step for one in answer.question.by):
        return None
    return answer.before.groups_by_key.get(group.keys) if group.keys else answer.before.total


def _convert_to_number(value: Any) -> float | int | None:
    return value if value is None or isinstance(value, int) else float(value)


def _build_records_address(answer: ReportAnswer, group: ReportGroup, measure: Measure) -> str:
    kind, query = build_figure_query(answer.question, measure.behind, group.keys)
    return f"{OWN_PREFIX}{kind.urls}?{query}"
