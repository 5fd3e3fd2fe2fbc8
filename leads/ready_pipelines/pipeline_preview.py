"""What using a ready-made pipeline would change here, in words."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from leads.models import Pipeline, Status
from leads.ready_pipelines.pipeline_plan import PipelinePlan, RowPlan, SectionPlan
from leads.ready_pipelines.row_fate import Fate
from leads.settings.settings_tables import SETTINGS_TABLES
from leads.statuses.reference_tables import join_field_labels

# The word for what happens to a row, and its tone, in the order of the summary.
WORDS: dict[Fate, tuple[str | Promise, str]] = {
    Fate.ADDED: (pgettext_lazy("a row", "Added"), "positive"),
    Fate.RENAMED: (pgettext_lazy("a row", "Renamed"), "accent"),
    Fate.CHANGED: (pgettext_lazy("a row", "Changed"), "accent"),
    Fate.RESTORED: (pgettext_lazy("a row", "Restored"), "positive"),
    Fate.RETIRED: (pgettext_lazy("a row", "Retired"), "warning"),
    Fate.KEPT: (pgettext_lazy("a row", "Kept"), "soft"),
    Fate.UNCHANGED: (pgettext_lazy("a row", "Unchanged"), "soft"),
}


@dataclass(frozen=True)
class PreviewRow:
    """A row as it is called afterwards, on its color, and what happens to it."""

    label: str
    hue: int | None
    fate: str | Promise
    tone: str
    detail: str


@dataclass(frozen=True)
class PreviewSection:
    title: str
    rows: list[PreviewRow]


def build_preview(plan: PipelinePlan) -> list[PreviewSection]:
    return [
        PreviewSection(
            _get_title(section), [_build_row(section, row) for row in section.rows if row.fate in WORDS]
        )
        for section in plan.sections
    ]


def count_fates(plan: PipelinePlan) -> list[tuple[str | Promise, str, int]]:
    """The word, its tone, and how many rows, for each that happens to any."""
    fates = [row.fate for row in plan.rows]
    return [(word, tone, fates.count(fate)) for fate, (word, tone) in WORDS.items() if fate in fates]


def _get_title(section: SectionPlan) -> str:
    match section.table:
        case "source":
            return _("Sources")
        case "lost_reason":
            return _("Lost reasons")
    if section.pipeline and section.pipeline.purpose == Pipeline.Purpose.DEALS:
        return _("Deal stages in the pipeline “%(name)s”") % {"name": section.pipeline}
    return _("Lead statuses in the pipeline “%(name)s”") % {"name": section.pipeline}


def _build_row(section: SectionPlan, plan: RowPlan) -> PreviewRow:
    word, tone = WORDS[plan.fate]
    hue = plan.values.get("hue", getattr(plan.row, "hue", None))
    # What keeps its name is shown as the reader knows it.
    label = plan.name if plan.row is None or "name" in plan.values else plan.row.label
    return PreviewRow(label, hue, word, tone, " · ".join(_iterate_details(section, plan)))


def _iterate_details(section: SectionPlan, plan: RowPlan) -> Iterator[str]:
    match plan.fate:
        case Fate.RENAMED:
            yield _("now “%(name)s”") % {"name": plan.row.label}
        case Fate.RESTORED:
            yield _("was retired")
        case Fate.RETIRED:
            yield _("nothing uses it")
        case Fate.KEPT:
            yield from _explain_keeping(plan)
    values = plan.values
    if values.get("kind") and section.table == "status":
        yield _("category: %(category)s") % {"category": Status.Kind(values["kind"]).label}
    if plan.row and (fields := _join_labels(section, plan)):
        yield _("other values: %(fields)s") % {"fields": fields}
    if section.pipeline and values.get("required_fields"):
        names = join_field_labels(values["required_fields"], section.pipeline.kind.model)
        yield _("requires %(fields)s") % {"fields": names}


def _explain_keeping(plan: RowPlan) -> Iterator[str]:
    if plan.is_used:
        yield _("in use")
    elif plan.is_start:
        yield _("new records start in it")
    else:
        yield _("named by your company")
    if plan.replaces:
        yield _("takes the place of “%(name)s”") % {"name": plan.replaces}


def _join_labels(section: SectionPlan, plan: RowPlan) -> str:
    """The fields that change, beyond those whose values the line says."""
    fields, said = SETTINGS_TABLES[section.table].model._meta, {"name", "kind", "retired"}
    if plan.values.get("required_fields"):
        said.add("required_fields")
    return ", ".join(str(fields.get_field(name).verbose_name) for name in plan.values if name not in said)
