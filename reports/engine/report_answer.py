"""Computes the numbers of a question: for each group, and for all of them.

Every figure on every report comes from here. Parts of the same subject with the same moment are one query, and what the
queries find is merged by group. Sums of groups are added up, medians and averages are asked for once more without groups.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property, partial
from typing import Any

from django.db import OperationalError
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles.whom_to_ask import get_whom_to_ask_sentence
from crm.platform.web.request_cache import read_cached
from crm.platform.web.transactions import QUERY_CANCELED, CountedLater, get_sqlstate
from reports.engine.advance_counting import SlowRead
from reports.engine.answer_cache import get_or_count_rows, queue_recount, queue_recount_if_old
from reports.engine.counted_leads import build_counted_condition, filter_within_period, get_moment_column
from reports.engine.dimensions import get_group_day
from reports.engine.measures import COSTS, MEASURE_PARTS, Measure
from reports.engine.question import ReportQuestion
from reports.engine.row_sorting import sort_values, sum_part
from reports.engine.source_costs import get_costs_by_group, get_unknown_costs_reason, may_view_costs
from reports.subjects.subject import SUBJECTS, Subject, describe_ungroupable_measures

# More groups are no report any more: the reader gets a sentence instead.
MOST_GROUPS = 1_000
Key = tuple[Any, ...]
Parts = dict[str, Any]
# From a query, and what counts its rows, to these rows or those that were kept.
Found = Callable[[Any, Callable[[], list[Any]]], list[Any]]


@dataclass(frozen=True)
class ReportGroup:
    """`keys` are one value for each dimension, and `texts` what they are called."""

    keys: Key
    texts: tuple[str, ...]
    parts: Parts

    def get_value(self, measure: Measure) -> Any:
        return measure.compute(self.parts)

    def get_count(self, part: str) -> int:
        return self.parts.get(part) or 0


@dataclass
class ReportAnswer:
    """`as_of` is when the stored rows are from, None for now, and `kept` when its numbers were counted, None for now.
    `before` is the answer for the period to compare with, `costs_unknown` the sentence that says why it has no costs, and
    `costs_withheld` whether the viewer may not see any."""

    question: ReportQuestion
    groups: list[ReportGroup]
    total: ReportGroup
    as_of: datetime | None = None
    kept: datetime | None = None
    problems: list[str] = field(default_factory=list)
    before: "ReportAnswer | None" = None
    costs_unknown: str = ""
    costs_withheld: bool = False

    @property
    def complete_until(self) -> datetime | None:
        """The moment to which its numbers are complete; None for now."""
        return get_earliest_moment(self.as_of, self.kept)

    @property
    def changes_since(self) -> date | None:
        """Since when changes are kept, if its period begins before and its numbers are counted from them."""
        names = {
            name for measure in self.question.measures for name in measure.parts if name in MEASURE_PARTS
        }
        counted = [SUBJECTS[subject].since for subject in {MEASURE_PARTS[name].subject for name in names}]
        since = max((found for ask in counted if ask and (found := ask())), default=None)
        first = self.question.period.first
        return since.date() if since and (first is None or first < since.date()) else None

    @cached_property
    def ordered_keys(self) -> list[list[Any]]:
        """The values of each dimension: times and what the product orders in their order, the others by the first number, the
        largest first. Those of the first one as the question sorts them."""
        first = self.question.measures[0]
        sizes: list[Counter[Any]] = [Counter() for _dimension in self.question.by]
        for group in self.groups:
            value = group.get_value(first) or 0
            for size, key in zip(sizes, group.keys, strict=True):
                size[key] += value
        orders = [
            _sort_keys(dimension, size) for dimension, size in zip(self.question.by, sizes, strict=True)
        ]
        if self.question.sort and orders:
            orders[0] = sort_values(self.question.sort, self.question, orders[0], self.groups)
        return orders

    def get_groups_in_order(self) -> list[ReportGroup]:
        places = [{key: place for place, key in enumerate(order)} for order in self.ordered_keys]
        return sorted(
            self.groups, key=lambda group: [place[key] for place, key in zip(places, group.keys, strict=True)]
        )

    @cached_property
    def groups_by_key(self) -> dict[Key, ReportGroup]:
        return {group.keys: group for group in self.groups}


def get_answer(question: ReportQuestion, viewer: User) -> ReportAnswer:
    """`problems` of the answer say why it has no groups. Raises CountedLater if a page can't wait for it."""
    problems = question.problems or describe_ungroupable_measures(question.measures, question.by)
    if problems:
        return ReportAnswer(question, [], _build_empty_group(question), problems=problems)
    query, began = question.url_parameters.urlencode(), time.perf_counter()
    try:
        result = _compute_answer(question, viewer)
    except OperationalError as error:
        if get_sqlstate(error) != QUERY_CANCELED:
            raise
        raise CountedLater(partial(queue_recount, query, viewer.pk)) from error
    queue_recount_if_old(SlowRead(query, viewer.pk, time.perf_counter() - began), result.kept)
    return result


def _compute_answer(question: ReportQuestion, viewer: User) -> ReportAnswer:
    found = _QuestionQueries(question, viewer)
    groups, problems = found.get_groups(), []
    if len(groups) > MOST_GROUPS:
        words = _("This report has more than %(number)s rows. Group by another field, or filter the leads.")
        groups, problems = [], [words % {"number": MOST_GROUPS}]
    result = ReportAnswer(question, groups, found.get_total(groups), found.as_of, found.kept, problems)
    result.groups = result.get_groups_in_order()
    if COSTS in found.names:
        result.costs_unknown = get_unknown_costs_reason(question, viewer)
        result.costs_withheld = not may_view_costs(viewer)
    if result.costs_withheld:
        result.costs_unknown += f" {get_whom_to_ask_sentence(viewer)}"
    if question.compared_period:
        result.before = _compute_answer(question.with_period(question.compared_period), viewer)
        result.kept = get_earliest_moment(result.kept, result.before.kept)
    return result


def get_earliest_moment(*moments: datetime | None) -> datetime | None:
    """None if there is none."""
    return min((moment for moment in moments if moment), default=None)


def _build_empty_group(question: ReportQuestion) -> ReportGroup:
    return ReportGroup((), (), dict.fromkeys(_get_distinct_parts(question.measures)))


def _get_distinct_parts(measures: Sequence[Measure]) -> list[str]:
    return list(dict.fromkeys(part for measure in measures for part in measure.parts))


@dataclass
class _KnownTotals:
    """Totals that this request has counted already, and when the oldest of them were counted."""

    parts: Parts = field(default_factory=dict)
    kept: datetime | None = None


class _QuestionQueries:
    """The queries of one question."""

    def __init__(self, question: ReportQuestion, viewer: User) -> None:
        self.question, self.viewer = question, viewer
        self.names = _get_distinct_parts(question.measures)
        self.parts = [name for name in self.names if name in MEASURE_PARTS]
        subjects = dict.fromkeys(MEASURE_PARTS[name].subject for name in self.parts)
        found = {name: SUBJECTS[name].rows(question, viewer) for name in subjects}
        self.rows = {name: rows for name, (rows, _as_of) in found.items()}
        self.as_of = get_earliest_moment(*(as_of for _rows, as_of in found.values()))
        self.kept: datetime | None = None

    def get_groups(self) -> list[ReportGroup]:
        """In no order; one more than MOST_GROUPS if there are more."""
        if not self.question.by:
            return []
        found: dict[Key, Parts] = {}
        for subject, moment, names in self._group_parts_by_query(self.parts):
            for row in self._get_grouped_rows(subject, moment, names) if subject.compute is None else ():
                found.setdefault(row[0], {}).update(row[1])
        self._add_computed_parts(found)
        for keys, amount in (self._costs_by_group or {}).items():
            if keys:
                found.setdefault(keys, {})[COSTS] = amount
        texts = self._get_texts(found)
        return [
            ReportGroup(
                keys,
                tuple(text[key] for text, key in zip(texts, keys, strict=True)),
                self._fill_missing_parts(parts),
            )
            for keys, parts in found.items()
        ]

    def _add_computed_parts(self, found: dict[Key, Parts]) -> None:
        """What filters of leads find says which groups are shown; without filters, groups without any rows are too."""
        for name in self.rows:
            subject = SUBJECTS[name]
            for keys, parts in subject.compute(self.question, self.viewer).items() if subject.compute else ():
                if keys in found or (keys and not self.question.listing.is_narrowed):
                    found.setdefault(keys, {}).update(parts)

    def get_total(self, groups: list[ReportGroup]) -> ReportGroup:
        """Counts and sums of the groups are added up, so a table never contradicts its last line."""
        by_groups = [name for name in self.parts if MEASURE_PARTS[name].adds_up] if groups else []
        # Panels of one page ask for the totals of the same rows.
        known = read_cached(self._leads_cache_key, _KnownTotals)
        known.parts |= {name: sum_part(groups, name) for name in by_groups}
        for subject, moment, names in self._group_parts_by_query(
            [name for name in self.parts if name not in known.parts]
        ):
            known.parts |= self._get_totals(subject, moment, names)
        parts: Parts = {name: known.parts[name] for name in self.parts}
        self.kept = known.kept = get_earliest_moment(known.kept, self.kept)
        if COSTS in self.names:
            parts[COSTS] = (self._costs_by_group or {}).get(())
        return ReportGroup((), (), self._fill_missing_parts(parts))

    @property
    def _leads_cache_key(self) -> str:
        """The leads that are counted, as a text."""
        asked = self.question
        period = f"{asked.period.first} {asked.period.last}"
        period += "".join(f" {dimension.name}" for dimension in asked.by if dimension.shown)
        return f"totals of {self.viewer.pk} {self.as_of} {asked.basis} {period} {asked.listing.query}"

    @cached_property
    def _costs_by_group(self) -> dict[Key, Decimal] | None:
        return get_costs_by_group(self.question, self.viewer) if COSTS in self.names else None

    def _fill_missing_parts(self, parts: Parts) -> Parts:
        return dict.fromkeys(self.names) | parts

    def _group_parts_by_query(self, names: Iterable[str]) -> list[tuple[Subject, str, list[str]]]:
        """The parts that one query answers: those of the same subject with the same moment, apart from those that are alone."""
        found: dict[tuple[str, str, str], list[str]] = {}
        for name in names:
            part = MEASURE_PARTS[name]
            group = (part.subject, get_moment_column(self.question, name), name if part.alone else "")
            found.setdefault(group, []).append(name)
        return [(SUBJECTS[subject], moment, names) for (subject, moment, _alone), names in found.items()]

    def _counted_queryset(self, subject: Subject, moment: str, names: list[str]) -> Any:
        rows = filter_within_period(self.rows[subject.name], self.question.period, moment)
        for dimension in self.question.by:
            rows = dimension.filter_shown(
                rows, subject.build_group_expression(dimension, moment), self.viewer
            )
        return rows.filter(
            MEASURE_PARTS[names[0]].condition
            if MEASURE_PARTS[names[0]].alone
            else build_counted_condition(names)
        )

    def _build_aggregates(self, names: list[str]) -> dict[str, Any]:
        return {name: MEASURE_PARTS[name].aggregate(MEASURE_PARTS[name].condition) for name in names}

    def _get_grouped_rows(self, subject: Subject, moment: str, names: list[str]) -> list[tuple[Key, Parts]]:
        if subject.over_time and any(dimension.step for dimension in self.question.by):
            return subject.over_time(self.question, self.viewer, self._get_or_count_rows)
        keys = {
            f"key_{n}": subject.build_group_expression(dimension, moment)
            for n, dimension in enumerate(self.question.by)
        }
        rows = self._counted_queryset(subject, moment, names).annotate(**keys).values(*keys)
        rows = rows.annotate(**self._build_aggregates(names))
        rows = rows.order_by().values_list(*keys, *names)[: MOST_GROUPS + 1]
        number = len(keys)
        found = self._get_or_count_rows(
            rows, lambda: [[*map(get_group_day, row[:number]), *row[number:]] for row in rows]
        )
        return [(tuple(row[:number]), dict(zip(names, row[number:], strict=True))) for row in found]

    def _get_totals(self, subject: Subject, moment: str, names: list[str]) -> Parts:
        if subject.compute:
            return subject.compute(replace(self.question, by=()), self.viewer)[()]
        rows, wanted = self._counted_queryset(subject, moment, names), self._build_aggregates(names)
        # The same for the stored rows and for those of now, whose columns have another order.
        query = rows.order_by().values("pk").annotate(**wanted)
        (found,) = self._get_or_count_rows(query, lambda: [list(rows.aggregate(**wanted).values())])
        return dict(zip(names, found, strict=True))

    def _get_or_count_rows(self, query: Any, count: Callable[[], list[Any]]) -> list[Any]:
        rows, kept = get_or_count_rows(query, count)
        self.kept = get_earliest_moment(self.kept, kept)
        return rows

    def _get_texts(self, found: Iterable[Key]) -> list[dict[Any, str]]:
        texts = []
        for place, dimension in enumerate(self.question.by):
            keys = list(dict.fromkeys(key[place] for key in found))
            labels = dimension.labels(keys, self.viewer)
            texts.append({key: dimension.get_label(labels, key) for key in keys})
        return texts


def _sort_keys(dimension: Any, sizes: dict[Any, Any]) -> list[Any]:
    empty = (None, "")
    if dimension.step or dimension.by_key:
        keys = sorted(key for key in sizes if key not in empty)
    elif dimension.in_order:
        order = list(dimension.in_order())
        keys = sorted(sizes, key=lambda key: order.index(key) if key in order else len(order))
    else:
        keys = sorted(sizes, key=lambda key: (-sizes[key], str(key)))
    return [*keys, *(key for key in sizes if key not in keys)]
