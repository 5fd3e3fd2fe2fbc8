"""The controls above a report: period, comparison, groups, and for the builder its numbers and its picture."""

from collections.abc import Sequence
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from crm.records.listing.record_list import PAGE_PARAMETERS
from leads.kind import LEAD
from reports.engine.dimensions import get_dimensions
from reports.engine.measures import COSTS, MEASURE_PARTS, Measure, Unit
from reports.engine.question import BASES, DEFAULT_QUESTION, OWN, PICTURES, ReportQuestion
from reports.engine.report_periods import AT_TOP, BETWEEN, COMPARISON_LABELS, LABELS, NOT_COMPARED
from reports.subjects.subject import can_be_grouped_by, get_subject_of_part, get_viewable_measures

# The filters that a report offers itself. The list of leads has all of them.
OFFERED = ("source", "owner", "department", "status")
# What the numbers of the builder are about, in its order: those of leads by what they are, the others by their subject.
OF_LEADS = {
    Unit.COUNT: _("Leads"),
    Unit.PERCENT: _("Rates of leads"),
    Unit.MONEY: _("Amounts and costs of leads"),
    Unit.DAYS: _("Times of leads"),
    Unit.RATIO: _("Scores of leads"),
}
OF_SUBJECTS = {
    "first_contact": _("First contact"),
    "incoming": _("Leads that came in"),
    "given": _("Leads given to reps"),
    "working_days": _("Working days of reps"),
    "stays": _("Time in status"),
    "stuck": _("Leads over the time limit"),
    "untouched": _("Untouched leads"),
    "moves": _("Moves"),
    "changed_leads": _("Pipeline changes of leads"),
    "changed_deals": _("Pipeline changes of deals"),
    "activities": _("Activities"),
    "deals": _("Deals"),
    "mailings": _("Mailings"),
    "imported": _("Imports"),
}
OTHER = _("Other")
# It counts leads, but means nothing without the statuses.
OF_MEASURES = {"still_there": "stays"}


def build_controls(
    question: ReportQuestion, viewer: User, *, fixed: bool = False, top: bool = False
) -> dict[str, Any]:
    """Choices as (value, label) with what is chosen, and the filters that the form sends along. With `fixed` numbers, only the
    fields by which these can be grouped. `top` says that the page has numbers at its top."""
    offered = _build_filters(question, viewer)
    fields = [
        (name, capfirst(str(dimension.label)))
        for name, dimension in get_dimensions(viewer).items()
        if not fixed or all(can_be_grouped_by(measure, dimension) for measure in question.measures)
    ]
    data = question.url_parameters
    period = {name: data.get(name, "") for name in ("period", "from", "to")} | question.unread_period
    own = ({*OWN, *PAGE_PARAMETERS} - {"sort"}) | {name for name, *_rest in offered}
    return {
        "periods": list(LABELS.items()),
        "between": BETWEEN,
        "compared": [(name, label) for name, label in COMPARISON_LABELS.items() if top or name != AT_TOP],
        "chosen_compared": question.compare or (AT_TOP if top else NOT_COMPARED),
        "bases": list(BASES.items()),
        "pictures": list(PICTURES.items()),
        "fields": fields,
        "measures": _group_by_title(list(get_viewable_measures(viewer).values())),
        "chosen_measures": (chosen := [measure.name for measure in question.measures]),
        "numbers_in_words": ", ".join(str(measure.label) for measure in question.measures),
        "is_new": chosen == DEFAULT_QUESTION["measures"],
        "first_by": question.by[0].name if question.by else "",
        "second_by": question.by[1].name if len(question.by) > 1 else "",
        **period,
        "offered": offered,
        "filters": [(name, value) for name, values in data.lists() if name not in own for value in values],
    }


def _build_filters(
    question: ReportQuestion, viewer: User
) -> list[tuple[str, Any, list[tuple[str, Any]], str]]:
    """Name, label, choices and chosen value of each. One with several values is only kept, because it has no place in a
    drop-down."""
    found = []
    for name in OFFERED:
        chosen = question.listing.data.getlist(name)
        item = LEAD.filters.base_filters[name]
        if (
            len(chosen) < 2
            and f"{name}_not" not in question.listing.data
            and item.is_offered_to(viewer, LEAD.model)
        ):
            choices = [(str(value), label) for value, label in item.choices_for(viewer)]
            found.append((name, item.label, choices, "".join(chosen)))
    return found


def _group_by_title(measures: Sequence[Measure]) -> list[tuple[Any, list[Measure]]]:
    found: dict[Any, list[Measure]] = {
        title: [] for title in (*OF_LEADS.values(), *OF_SUBJECTS.values(), OTHER)
    }
    for measure in measures:
        found[_get_title(measure)].append(measure)
    return [(title, of_title) for title, of_title in found.items() if of_title]


def _get_title(measure: Measure) -> Any:
    parts = [part for part in measure.parts if part in MEASURE_PARTS]
    subject = OF_MEASURES.get(measure.name) or (get_subject_of_part(parts[0]).name if parts else "leads")
    if COSTS in measure.parts:
        return OF_LEADS[Unit.MONEY]
    return OF_LEADS[measure.unit] if subject == "leads" else OF_SUBJECTS.get(subject, OTHER)
