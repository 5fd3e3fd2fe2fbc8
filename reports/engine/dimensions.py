"""What reports can group by: fields of the lead, its way so far, custom fields, the time of what is counted, and what only
moves, activities, deals or mailings have."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, Q
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Trunc
from django.http import QueryDict
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django_countries import countries

from accounts.models import Department, User
from crm.fields.custom.values.custom_types import Day, Rating
from crm.fields.custom.values.stored_values import convert_stored_value
from crm.fields.types.field_type import get_field_type
from crm.models import Import
from crm.platform.web.day_start import get_day_start
from leads.kind import LEAD
from leads.models import Lead, LostReason, Pipeline, Status
from leads.scores.score_distribution import build_range_expression, get_range_labels
from leads.statuses import reference_tables
from mailings.models import Mailing
from reports.engine.reps import get_rep_ids
from reports.incoming import ways_in
from reports.subjects import close_months, stay_lengths

DEALS = Pipeline.Purpose.DEALS

Text = str | Promise
Labels = dict[Any, str]
NONE = _lazy("None")


@dataclass(frozen=True)
class Dimension:
    """`expression` is what a group has in common, for a part with this moment and the path to the lead's progress; None if
    leads don't have it. `labels` are the texts of keys, for the viewer; `key` reads a key from a URL. `in_order` are the keys
    as the product orders them, `by_key` orders them as they are; else larger groups come first. `shown` are the keys that
    reports show to a user, and None shows all."""

    name: str
    label: Text
    expression: Callable[[str, str], Any] | None
    labels: Callable[[Sequence[Any], Any], Labels]
    key: Callable[[str], Any] = str
    in_order: Callable[[], Iterable[Any]] | None = None
    empty: Text = NONE
    # Time runs from left to right: charts draw lines.
    step: str = ""
    by_key: bool = False
    shown: Callable[[User], Sequence[Any]] | None = None

    @property
    def is_text(self) -> bool:
        return self.key is str

    def get_label(self, labels: Labels, key: Any) -> str:
        return str(self.empty) if key in (None, "") else labels.get(key, str(key))

    def filter_shown(self, rows: Any, expression: Any, viewer: User) -> Any:
        """The rows of groups that this viewer may see; `expression` is that of the rows' subject."""
        if self.shown is None:
            return rows
        name = f"shown_{self.name}"
        return rows.annotate(**{name: expression}).filter(**{f"{name}__in": self.shown(viewer)})

    def filter_group(self, rows: Any, expression: Any, moment: str, key: Any) -> Any:
        """The rows of one group; `expression` is that of the rows' subject."""
        if self.step:
            ends = get_day_start(key), get_day_start(get_next_period_start(key, self.step))
            return rows.filter(**{f"{moment}__gte": ends[0], f"{moment}__lt": ends[1]})
        name = f"only_{self.name}"
        found = rows.annotate(**{name: expression})
        if key not in (None, ""):
            return found.filter(**{name: key})
        return found.filter(Q(**{f"{name}__isnull": True}) | (Q(**{name: ""}) if self.is_text else Q()))


def _build_row_labels(rows: Callable[[], dict[int, Any]]) -> Callable[[Sequence[Any], Any], Labels]:
    return lambda keys, viewer: {pk: str(row) for pk, row in rows().items()}


def _build_model_labels(model: Any) -> Callable[[Sequence[Any], Any], Labels]:
    def labels(keys: Sequence[Any], viewer: User) -> Labels:
        found = model.objects.in_bulk([key for key in keys if key])
        return {pk: str(row) for pk, row in found.items()}

    return labels


def _build_column_expression(name: str) -> Callable[[str, str], Any]:
    return lambda moment, path: F(f"{path}{name}")


def _get_path_labels(keys: Sequence[Any], viewer: User) -> Labels:
    statuses = reference_tables.get_statuses()
    steps = {str(pk): status.label for pk, status in statuses.items()}
    return {key: " → ".join(steps.get(step, "?") for step in key.split()) for key in keys if key}


OWN = [
    Dimension(
        "source",
        Lead._meta.get_field("source").verbose_name,
        _build_column_expression("source"),
        _build_row_labels(reference_tables.get_sources),
        int,
    ),
    Dimension(
        "owner",
        Lead._meta.get_field("owner").verbose_name,
        _build_column_expression("owner"),
        _build_model_labels(User),
        int,
        empty=_lazy("Unassigned"),
    ),
    Dimension(
        "department",
        Lead._meta.get_field("department").verbose_name,
        _build_column_expression("department"),
        _build_model_labels(Department),
        int,
    ),
    Dimension(
        "status",
        Lead._meta.get_field("status").verbose_name,
        _build_column_expression("status"),
        _build_row_labels(reference_tables.get_statuses),
        int,
        in_order=lambda: list(reference_tables.get_statuses()),
    ),
    Dimension(
        "kind",
        _lazy("category"),
        _build_column_expression("status__kind"),
        lambda keys, viewer: {value: capfirst(str(label)) for value, label in Status.Kind.choices},
        in_order=lambda: Status.Kind.values,
    ),
    Dimension(
        "pipeline",
        _lazy("pipeline"),
        _build_column_expression("status__pipeline"),
        _build_row_labels(reference_tables.get_pipelines),
        int,
    ),
    Dimension("path", _lazy("status path"), _build_column_expression("path"), _get_path_labels),
    Dimension(
        "lost_reason",
        Lead._meta.get_field("lost_reason").verbose_name,
        _build_column_expression("lost_reason"),
        _build_model_labels(LostReason),
        int,
    ),
    Dimension(
        "country",
        Lead._meta.get_field("country").verbose_name,
        _build_column_expression("country"),
        lambda keys, viewer: {code: str(name) for code, name in countries},
    ),
    Dimension(
        "city",
        Lead._meta.get_field("city").verbose_name,
        _build_column_expression("lead__city"),
        lambda k, v: {},
    ),
    Dimension(
        "language",
        Lead._meta.get_field("language").verbose_name,
        _build_column_expression("lead__language"),
        lambda k, v: {},
    ),
    Dimension(
        "currency",
        Lead._meta.get_field("currency").verbose_name,
        _build_column_expression("currency"),
        lambda k, v: {},
    ),
    Dimension(
        "vip",
        Lead._meta.get_field("vip").verbose_name,
        _build_column_expression("vip"),
        lambda keys, viewer: {True: _("yes"), False: _("no")},
        lambda text: {"True": True, "False": False}[text],
    ),
    # The score is read from the lead itself: a round changes many in a night, and progress doesn't follow from it.
    Dimension(
        "score",
        Lead._meta.get_field("score").verbose_name,
        lambda moment, path: build_range_expression(f"{path}lead__score"),
        lambda keys, viewer: get_range_labels(),
        int,
        in_order=get_range_labels,
    ),
    Dimension(
        "created_by",
        _lazy("added by"),
        _build_column_expression("lead__created_by"),
        _build_model_labels(User),
        int,
    ),
]

# Those that leads don't have; the subjects that do name their expressions (reports/subjects).
OF_OTHERS = [
    Dimension(
        "from_status",
        _lazy("from status"),
        None,
        _build_row_labels(reference_tables.get_statuses),
        int,
        in_order=lambda: list(reference_tables.get_statuses()),
    ),
    Dimension(
        "length",
        _lazy("length of stay"),
        None,
        stay_lengths.get_length_labels,
        int,
        in_order=lambda: range(len(stay_lengths.ENDS) + 1),
    ),
    Dimension(
        "stage",
        _lazy("stage"),
        None,
        _build_row_labels(lambda: reference_tables.get_statuses(DEALS)),
        int,
        in_order=lambda: list(reference_tables.get_statuses(DEALS)),
    ),
    Dimension(
        "from_stage",
        _lazy("from stage"),
        None,
        _build_row_labels(lambda: reference_tables.get_statuses(DEALS)),
        int,
        in_order=lambda: list(reference_tables.get_statuses(DEALS)),
    ),
    Dimension(
        "close",
        _lazy("expected close"),
        None,
        close_months.get_month_labels,
        close_months.parse_month_key,
        empty=_lazy("No expected close"),
        by_key=True,
    ),
    Dimension("mailing", _lazy("mailing"), None, _build_model_labels(Mailing), int),
    Dimension("import", _lazy("import"), None, _build_model_labels(Import), int),
    Dimension("way_in", _lazy("way in"), None, ways_in.get_way_labels, ways_in.parse_way_key),
    Dimension("author", _lazy("user"), None, _build_model_labels(User), int, empty=_lazy("Automatic")),
    # Leads count for their owner or for whom they were given to, activities for their author.
    Dimension("rep", _lazy("rep"), None, _build_model_labels(User), int, shown=get_rep_ids),
]

STEPS = {
    "day": _lazy("day"),
    "week": _lazy("week"),
    "month": _lazy("month"),
    "quarter": _lazy("quarter"),
    "year": _lazy("year"),
}


def get_next_period_start(day: date, step: str) -> date:
    """The first day of the next week, month and so on."""
    if step in ("day", "week"):
        return day + timedelta(7 if step == "week" else 1)
    months = {"month": 1, "quarter": 3, "year": 12}[step]
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def _format_step(day: date, step: str) -> str:
    if step == "quarter":
        return _("Q%(quarter)s %(year)s") % {"quarter": (day.month + 2) // 3, "year": day.year}
    form = {"month": "F Y", "year": "Y"}.get(step, "j M Y")
    return formats.date_format(day, form)


def _build_time_dimension(step: str, label: Text) -> Dimension:
    def expression(moment: str, path: str) -> Any:
        return Trunc(moment, step, tzinfo=timezone.get_current_timezone())

    def labels(keys: Sequence[Any], viewer: User) -> Labels:
        return {key: _format_step(key, step) for key in keys if key}

    return Dimension(step, label, expression, labels, date.fromisoformat, step=step)


def get_group_day(key: Any) -> Any:
    """The day of a group by time, which the database gives as a moment."""
    return timezone.localdate(key) if isinstance(key, datetime) else key


def _build_custom_dimension(field: Any) -> Dimension:
    """A custom field whose type says that many leads share its values."""

    kind = get_field_type(field)

    def labels(keys: Sequence[Any], viewer: User) -> Labels:
        values = {key: convert_stored_value(field, YES_NO.get(key, key)) for key in keys if key}
        return {key: kind.format_value(field, value, viewer) or key for key, value in values.items()}

    return Dimension(
        field.name,
        field.verbose_name,
        lambda moment, path: KeyTextTransform(field.name, f"{path}lead__custom_values__values"),
        labels,
        empty=kind.none or NONE,
        by_key=isinstance(kind, Day | Rating),
    )


# How the database writes these values as a text.
YES_NO = {"true": True, "false": False}


TIMES = [_build_time_dimension(step, label) for step, label in STEPS.items()]
FIXED = {dimension.name: dimension for dimension in [*OWN, *TIMES, *OF_OTHERS]}


def get_dimensions(user: User) -> dict[str, Dimension]:
    """Those that a user may group by: custom fields only as far as the user sees them, and no formulas, which aren't stored."""
    own = dict(FIXED)
    if not reference_tables.has_several_pipelines():
        del own["pipeline"]
    return own | {
        field.name: _build_custom_dimension(field)
        for field in LEAD.get_writable_custom_fields(user)
        if get_field_type(field).has_few_values
    }


def parse_dimensions(data: QueryDict, user: User, usual: Sequence[str]) -> tuple[list[Dimension], list[str]]:
    """At most two of a URL, and what is wrong with it."""
    offered = get_dimensions(user)
    asked = [name for name in data.getlist("by") if name] or list(usual)
    unknown = [name for name in asked if name not in offered]
    problems = [_("You can’t group by this field. Choose one from the list.")] if unknown else []
    chosen = [offered[name] for name in dict.fromkeys(asked) if name in offered]
    if len(chosen) > 2:
        problems.append(_("Group by at most two fields."))
    return chosen[:2], problems
