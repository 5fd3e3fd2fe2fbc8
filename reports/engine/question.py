"""A report as its URL describes it: measures, groups, period, comparison and the filters of the lead list."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from crm.records.listing.record_list import PAGE_PARAMETERS, RecordList
from leads.kind import LEAD
from reports.engine.dimensions import Dimension, parse_dimensions
from reports.engine.measures import MEASURES, Measure
from reports.engine.report_periods import (
    BETWEEN,
    COMPARISON_LABELS,
    ENDS,
    NOT_COMPARED,
    ReportPeriod,
    get_asked_period,
    parse_period,
)
from reports.engine.row_sorting import parse_sort
from reports.subjects.subject import get_viewable_measures

# Leads are grouped by when they were added, or each number by its own moment.
ADDED, HAPPENED = "added", "happened"
BASES = {
    ADDED: _lazy("Leads added in the period"),
    HAPPENED: _lazy("What happened in the period"),
}
PICTURES = {
    "table": _lazy("Table only"),
    "bar": _lazy("Bars"),
    "line": _lazy("Line"),
    "funnel": _lazy("Funnel"),
}
MOST_MEASURES = 12
# What a new report starts with.
DEFAULT_QUESTION: dict[str, Any] = {"measures": ["leads", "client_rate"], "by": ["source"], "picture": "bar"}
# The parameters of a report; all others are filters of the lead list.
OWN = ("measure", "by", "basis", "period", "from", "to", "compare", "picture", "sort")


@dataclass(frozen=True)
class ReportQuestion:
    """`problems` are sentences about what could not be read; nothing is computed then. `compare` is '' if the URL doesn't say it."""

    measures: tuple[Measure, ...]
    by: tuple[Dimension, ...]
    period: ReportPeriod
    basis: str
    compare: str
    picture: str
    listing: RecordList
    problems: list[str] = field(default_factory=list)
    # The column that the rows are sorted by (reports/engine/row_sorting.py); '' as usual.
    sort: str = ""
    # The parameters of days that can't be read, as they were sent, for the form.
    unread_period: dict[str, str] = field(default_factory=dict)

    @property
    def period_title(self) -> str:
        """The time that its numbers are about, in words; '' if all are of now, whatever the period."""
        if all(measure.is_of_today for measure in self.measures):
            return ""
        return self.period.title if self.has_period_before else self.period.since_title

    @property
    def has_period_before(self) -> bool:
        """Whether some of its numbers can be compared with the period before."""
        return not all(measure.has_no_period_before for measure in self.measures)

    @property
    def url_parameters(self) -> QueryDict:
        """Its URL parameters."""
        found = QueryDict(mutable=True)
        found.setlist("measure", [measure.name for measure in self.measures])
        found.setlist("by", [dimension.name for dimension in self.by])
        found["period"] = self.period.name
        if self.period.name == "between" and self.period.first and self.period.last:
            found["from"], found["to"] = self.period.first.isoformat(), self.period.last.isoformat()
        for name, value, usual in (
            ("basis", self.basis, ADDED),
            ("compare", self.compare, ""),
            ("picture", self.picture, ""),
            ("sort", self.sort, ""),
        ):
            if value != usual:
                found[name] = value
        for name, values in QueryDict(self.listing.query).lists():
            found.setlist(name, values)
        return found

    @property
    def query_for_other_reports(self) -> str:
        """What other reports keep of its URL: the period and the filters."""
        return self._build_query_without("measure", "by", "basis", "picture", "sort")

    @property
    def query_for_pin(self) -> str:
        """What a pinned report keeps: also its order."""
        return self._build_query_without("measure", "by", "basis", "picture")

    @property
    def query_without_filters(self) -> str:
        """Its URL without the filters of leads."""
        return self._build_query_without(*QueryDict(self.listing.query))

    def _build_query_without(self, *names: str) -> str:
        found = self.url_parameters
        for name in names:
            found.pop(name, None)
        return found.urlencode()

    @property
    def compared_period(self) -> ReportPeriod | None:
        return self.period.get_compared_period(self.compare)

    def with_period(self, period: ReportPeriod) -> "ReportQuestion":
        return replace(self, period=period, compare="")


def parse_question(
    data: QueryDict,
    user: User,
    *,
    measures: Sequence[str] = ("leads",),
    by: Sequence[str] = (),
    picture: str = "",
) -> ReportQuestion:
    """What a URL asks for; `measures`, `by` and `picture` are those of a report without these parameters."""
    period, problems = parse_period(data)
    sent = {"period": get_asked_period(data)} | {end: data.get(end, "") for end in ENDS}
    unread = bool(problems) and sent["period"] == BETWEEN
    names, offered = (
        [name for name in dict.fromkeys(data.getlist("measure")) if name],
        get_viewable_measures(user),
    )
    names = names or list(measures)
    chosen = tuple(offered[name] for name in names if name in offered)
    if len(chosen) < len(names):
        problems.append(_("This number isn’t available. Choose one from the list."))
    if len(chosen) > MOST_MEASURES:
        problems.append(_("Choose at most %(number)s numbers.") % {"number": MOST_MEASURES})
    dimensions, wrong = parse_dimensions(data, user, by)
    problems += wrong
    for name, known in (("basis", BASES), ("compare", COMPARISON_LABELS), ("picture", PICTURES)):
        if data.get(name) and data[name] not in known:
            problems.append(_("This choice isn’t available: %(choice)s") % {"choice": data[name][:40]})
    listing = RecordList(LEAD, _get_filters(data), user)
    problems += listing.errors
    basis, asked = (data.get(name) or "" for name in ("basis", "picture"))
    # The form of older pages sent nothing for no comparison.
    compare = data.get("compare", "") if data.get("compare") != "" else NOT_COMPARED
    return ReportQuestion(
        measures=chosen[:MOST_MEASURES] or (MEASURES[measures[0]],),
        by=tuple(dimensions),
        period=period,
        basis=basis if basis in BASES else ADDED,
        compare=compare if compare in COMPARISON_LABELS else "",
        picture=asked if asked in PICTURES else picture,
        listing=listing,
        problems=problems,
        sort=parse_sort(data.get("sort", ""), chosen, dimensions),
        unread_period=sent if unread else {},
    )


def _get_filters(data: QueryDict) -> QueryDict:
    found = data.copy()
    for name in (*OWN, *PAGE_PARAMETERS, "figure"):
        found.pop(name, None)
    return found
