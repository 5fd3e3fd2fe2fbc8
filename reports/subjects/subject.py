"""A subject of reports: what is counted, such as leads, moves or deals, and how its rows are found and grouped."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import User
from leads.kind import LEAD
from reports.engine.dimensions import Dimension
from reports.engine.measures import MEASURE_PARTS, MEASURES, Measure, MeasurePart

if TYPE_CHECKING:
    from reports.engine.question import ReportQuestion


@dataclass(frozen=True)
class Subject:
    """`rows` are those of a question that the viewer sees, of any time, and as of when they are known; None for now.

    `path` leads from a row to the progress of its lead, by which it can be grouped like leads; None if there is no such way.
    `own` are the expressions of other dimensions, or functions that make them. `kind` is the record type of the list
    behind a number, and `records` the column with the IDs of its records. If it `repeats`, the rows are events, such as calls: a
    record can have several, and the list has it once. `permissions` are required beside that for reports.

    Rows that are those at the end of the period have `over_time` for questions with groups by time, and `at`, which makes of such
    a question and the keys of a group the question without them. `since` says since when there are rows, if older ones were deleted.

    A subject without rows, such as a calendar, has `compute` for its parts by the keys of each group, () for all of them.
    """

    name: str
    rows: Callable[["ReportQuestion", Any], tuple[Any, datetime | None]]
    path: str | None = None
    own: Mapping[str, Any] = field(default_factory=dict)
    kind: Any = LEAD
    records: str = "lead"
    repeats: bool = False
    permissions: tuple[str, ...] = ()
    empty: str | Promise = ""
    over_time: Callable[["ReportQuestion", Any, Any], list[tuple[Any, Any]]] | None = None
    at: Callable[["ReportQuestion", Sequence[Any]], tuple["ReportQuestion", list[Any]]] | None = None
    since: Callable[[], datetime | None] | None = None
    compute: Callable[["ReportQuestion", Any], Mapping[tuple[Any, ...], dict[str, Any]]] | None = None

    def build_group_expression(self, dimension: Dimension, moment: str) -> Any:
        """What the rows of a group have in common; None if they can't be grouped by it."""
        if dimension.name in self.own:
            known = self.own[dimension.name]
            return known() if callable(known) else known
        if dimension.step:
            return dimension.expression(moment, "") if moment and dimension.expression else None
        if self.path is None or dimension.expression is None:
            return None
        return dimension.expression(moment, self.path)

    def is_open_to(self, user: User) -> bool:
        return user.has_perms(self.permissions)


@dataclass(frozen=True)
class MeasuredSubject:
    """A subject with its measures and what these are computed from. reports/contribution.py names all of them."""

    subject: Subject
    parts: Mapping[str, MeasurePart] = field(default_factory=dict)
    measures: Sequence[Measure] = ()


SUBJECTS: dict[str, Subject] = {}


def register_subject(measured: MeasuredSubject) -> None:
    SUBJECTS[measured.subject.name] = measured.subject
    MEASURE_PARTS.update(measured.parts)
    MEASURES.update({measure.name: measure for measure in measured.measures})


def get_subject_of_part(part: str) -> Subject:
    return SUBJECTS[MEASURE_PARTS[part].subject]


def counts_events(part: str) -> bool:
    """Whether this part can count a record several times, so that the list behind its number is shorter than the number says."""
    return get_subject_of_part(part).repeats and not MEASURE_PARTS[part].once


def can_be_grouped_by(measure: Measure, dimension: Dimension) -> bool:
    parts = [MEASURE_PARTS[name] for name in measure.parts if name in MEASURE_PARTS]
    return all(
        SUBJECTS[part.subject].build_group_expression(dimension, part.moment) is not None for part in parts
    )


def describe_ungroupable_measures(measures: Sequence[Measure], dimensions: Sequence[Dimension]) -> list[str]:
    """What is wrong with grouping these numbers by these fields, in sentences."""
    return [
        _("“%(number)s” can’t be grouped by %(field)s. Choose another field or another number.")
        % {"number": measure.label, "field": dimension.label}
        for dimension in dimensions
        for measure in measures
        if not can_be_grouped_by(measure, dimension)
    ]


def get_viewable_measures(user: User) -> dict[str, Measure]:
    """Those whose subjects the user may see."""
    return {
        name: measure
        for name, measure in MEASURES.items()
        if all(get_subject_of_part(part).is_open_to(user) for part in measure.parts if part in MEASURE_PARTS)
    }
