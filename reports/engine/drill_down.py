"""The leads behind a number of a report, as a filter of the lead list: those of the rows that were counted. Numbers of deals
have the list of deals behind them."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import django_filters
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from crm.fields.conditions.field_filters import CombinableFilter
from crm.records.kinds.kind_registry import Kind
from reports.engine.counted_leads import filter_within_period, get_moment_column
from reports.engine.measures import MEASURE_PARTS, MEASURES
from reports.engine.question import ReportQuestion, parse_question
from reports.engine.report_periods import EARLIEST
from reports.subjects.subject import counts_events, get_subject_of_part

FIGURE = "figure"
# What a report can ask is about as long.
LONGEST = 2_000
# No group by time is later, and the one after it needs a date too.
LATEST = 9_000


def build_list_url(question: ReportQuestion, part: str, keys: Sequence[Any]) -> str:
    """The list of the leads or deals that a part of this group counted."""
    kind, query = build_figure_query(question, part, keys)
    return f"{kind.list_url}?{query}"


def build_figure_query(question: ReportQuestion, part: str, keys: Sequence[Any]) -> tuple[Kind, str]:
    """The record type of this list, and its URL query."""
    data = question.url_parameters
    for name in ("measure", "compare", "picture", "sort"):
        data.pop(name, None)
    data["part"] = part
    data.setlist("key", ["" if key is None else str(key) for key in keys])
    return get_subject_of_part(part).kind, urlencode({FIGURE: data.urlencode()})


def get_counted_record_ids(question: ReportQuestion, part: str, keys: Sequence[Any], viewer: User) -> Any:
    """The IDs of the records that this part counts in this group; of all groups without keys."""
    subject, moment = get_subject_of_part(part), get_moment_column(question, part)
    if subject.at:
        question, keys = subject.at(question, keys)
    rows, _as_of = subject.rows(question, viewer)
    rows = filter_within_period(rows, question.period, moment).filter(MEASURE_PARTS[part].condition)
    for dimension in question.by:
        rows = dimension.filter_shown(rows, subject.build_group_expression(dimension, moment), viewer)
    for dimension, key in zip(question.by, keys, strict=False):
        rows = dimension.filter_group(rows, subject.build_group_expression(dimension, moment), moment, key)
    return rows.order_by().values(subject.records)


def read_figure(text: str, viewer: User, kind: str) -> tuple[ReportQuestion, str, list[Any]]:
    """The question, the part and the group of a URL of this list. What can't be read is a ValidationError."""
    data = QueryDict(text[:LONGEST])
    question = parse_question(data, viewer)
    part, keys = data.get("part", ""), data.getlist("key")
    if (
        question.problems
        or len(keys) not in (0, len(question.by))
        or not _is_read(question, part, viewer, kind)
    ):
        raise ValidationError(_("This number of a report isn’t available anymore."))
    try:
        return (
            question,
            part,
            [_parse_key(dimension, key) for dimension, key in zip(question.by, keys, strict=False)],
        )
    except (ValueError, KeyError) as error:
        raise ValidationError(_("This number of a report isn’t available anymore.")) from error


def _is_read(question: ReportQuestion, part: str, viewer: User, kind: str) -> bool:
    """Whether this part counts records of this list, for this viewer, and can be grouped as asked."""
    if (
        part not in MEASURE_PARTS
        or get_subject_of_part(part).kind.name != kind
        or not get_subject_of_part(part).is_open_to(viewer)
    ):
        return False
    subject, moment = get_subject_of_part(part), MEASURE_PARTS[part].moment
    return all(subject.build_group_expression(dimension, moment) is not None for dimension in question.by)


def _parse_key(dimension: Any, text: str) -> Any:
    key = dimension.key(text.replace("\0", "")) if text else None
    if isinstance(key, int) and abs(key) >= 2**63:
        raise ValueError(text)
    if dimension.step and not (key and EARLIEST <= key.year <= LATEST):
        raise ValueError(text)
    return key


def _get_measure_label(part: str) -> str:
    """That of the measure whose number leads here: behind the calls are the leads among their records."""
    measures = [MEASURES[part]] if part in MEASURES else MEASURES.values()
    return next((str(measure.label) for measure in measures if part in (measure.name, measure.behind)), part)


def _get_period_title(question: ReportQuestion, part: str) -> str:
    """'' for what is there today, whatever the period."""
    found = MEASURE_PARTS[part]
    if found.since:
        return question.period.since_title
    return question.period.title if found.moment or found.at_end else ""


class FigureFilter(CombinableFilter, django_filters.CharFilter):
    """Set by links of reports, and by no form."""

    only_in_links = True

    def __init__(self, kind: str) -> None:
        super().__init__(label=_lazy("report"), required=False)
        self.kind = kind

    def build_condition(self, value: str) -> Q:
        question, part, keys = read_figure(value, self.parent.user, self.kind)
        return Q(pk__in=get_counted_record_ids(question, part, keys, self.parent.user))

    def describe_value(self, value: str) -> str:
        try:
            question, part, keys = read_figure(value, self.parent.user, self.kind)
        except ValidationError:
            return ""
        texts = [_get_measure_label(part)]
        for dimension, key in zip(question.by, keys, strict=False):
            texts.append(dimension.get_label(dimension.labels([key], self.parent.user), key))
        texts.append(_get_period_title(question, part))
        if counts_events(part):
            # The number behind the link is larger than that of the list if something happened twice to a lead.
            texts.append(_("each lead once"))
        return ", ".join(filter(None, texts))
