"""What using a ready-made pipeline would do to the settings as they are: the preview shows it, and the change does exactly that."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils import translation

from accounts.models import User
from crm.platform.configuration.company import get_company_language
from leads.models import LostReason, Pipeline, Source, Status
from leads.models.shipped_texts import translate_shipped_text
from leads.ready_pipelines.ready_pipeline import (
    ReadyPipeline,
    ReadyReason,
    ReadyRow,
    ReadySource,
    ReadyStatus,
)
from leads.ready_pipelines.row_fate import Fate, Match, RowState, decide_fate, takes_values
from leads.ready_pipelines.row_matching import is_ready_name, match_rows
from leads.ready_pipelines.row_uses import find_used_rows, is_named_elsewhere

WRITING = {Fate.ADDED, Fate.RENAMED, Fate.CHANGED, Fate.RESTORED, Fate.RETIRED}


@dataclass(frozen=True)
class RowPlan:
    """What happens to a row. `row` is the existing one, `name` what it is called afterwards, `values` what is written to it.
    `wanted` is the pipeline's row, None if nothing in the pipeline asks for the row."""

    fate: Fate
    name: str
    row: Any = None
    wanted: ReadyRow | None = None
    values: dict[str, Any] = field(default_factory=dict)
    is_used: bool = False
    is_start: bool = False

    @property
    def writes(self) -> bool:
        return self.fate in WRITING

    @property
    def replaces(self) -> str:
        """The name of the row that a kept one stands for, if it has another one."""
        wanted = self.wanted.name.get_in(get_company_language()) if self.wanted else ""
        return wanted if self.fate is Fate.KEPT and wanted != self.name else ""


@dataclass(frozen=True)
class SectionPlan:
    """The rows of one list of settings in their new order; for statuses, those of `pipeline`."""

    table: str
    rows: list[RowPlan]
    pipeline: Pipeline | None = None

    def of(self, *fates: Fate) -> list[RowPlan]:
        return [row for row in self.rows if row.fate in fates]


@dataclass(frozen=True)
class PipelinePlan:
    ready: ReadyPipeline
    sections: list[SectionPlan]

    @property
    def rows(self) -> Iterator[RowPlan]:
        return (row for section in self.sections for row in section.rows)

    @property
    def changes_anything(self) -> bool:
        return any(row.writes for row in self.rows)


def build_pipeline_plan(ready: ReadyPipeline, user: User) -> PipelinePlan:
    """The user is shown it, or does it."""
    language = get_company_language()
    with translation.override(language):
        sections = [
            *_plan_statuses(ready.statuses, Pipeline.Purpose.LEADS, language, user),
            *_plan_statuses(ready.stages, Pipeline.Purpose.DEALS, language, user),
            _plan_section("source", list(Source.objects.in_order()), ready.sources, language, user),
            _plan_section(
                "lost_reason", list(LostReason.objects.in_order().except_api()), ready.reasons, language, user
            ),
        ]
    return PipelinePlan(ready, sections)


def _plan_statuses(
    wanted: Sequence[ReadyStatus], purpose: str, language: str, user: User
) -> Iterator[SectionPlan]:
    """In the pipeline where records start unless their department has another one."""
    pipeline = Pipeline.objects.get_for_department(None, purpose)
    if pipeline:
        existing = list(Status.objects.of_pipeline(pipeline.pk).in_order())
        yield _plan_section("status", existing, wanted, language, user, pipeline)


def _plan_section(
    table: str,
    existing: list[Any],
    wanted: Sequence[ReadyRow],
    language: str,
    user: User,
    pipeline: Pipeline | None = None,
) -> SectionPlan:
    used = find_used_rows(table, existing, pipeline)
    pairs = match_rows(existing, wanted, language)
    planned = [
        _plan_row(pair[0], pair[1], one, pair[0].pk in used, language, user)
        if pair
        else RowPlan(Fate.ADDED, one.name.get_in(language), wanted=one, values=build_values(one, language))
        for pair, one in zip(pairs, wanted, strict=True)
    ]
    matched = {pair[0].pk for pair in pairs if pair}
    rest = [
        _plan_row(row, Match.NONE, None, row.pk in used, language, user)
        for row in existing
        if row.pk not in matched
    ]
    return SectionPlan(table, _put_in_order(planned, rest), pipeline)


def _plan_row(
    row: Any, match: Match, wanted: ReadyRow | None, is_used: bool, language: str, user: User
) -> RowPlan:
    """What uses the row other than records is only asked for where that decides."""
    values = _get_differing_values(row, wanted, language) if wanted else {}
    state = RowState(
        match=match,
        retired=row.retired,
        is_used=is_used,
        is_ready=is_ready_name(row),
        is_start=getattr(row, "is_default", False),
        differs=bool(values),
        renames="name" in values,
        closes=isinstance(wanted, ReadyStatus) and wanted.kind not in Status.OPEN,
    )
    if decide_fate(state) in (Fate.RETIRED, Fate.RENAMED, Fate.CHANGED) and is_named_elsewhere(
        row, values, user
    ):
        state = replace(state, is_used=True)
    fate = decide_fate(state)
    written = values if takes_values(state) else {}
    if fate is Fate.RESTORED:
        written = {**written, "retired": False}
    if fate is Fate.RETIRED:
        written = {"retired": True}
    name = written.get("name", row.label)
    return RowPlan(fate, name, row, wanted, written, state.is_used, state.is_start)


def _get_differing_values(row: Any, wanted: ReadyRow, language: str) -> dict[str, Any]:
    """A shipped text that reads the same stays as it is, so readers still get it in their own language."""
    values = build_values(wanted, language)
    if values["name"].casefold() == row.label.casefold():
        del values["name"]
    return {
        name: value
        for name, value in values.items()
        if value not in (getattr(row, name), _get_read_text(row, name))
    }


def _get_read_text(row: Any, name: str) -> Any:
    value = getattr(row, name)
    return translate_shipped_text(value) if name in ("meaning", "next_action_prompt") else value


def build_values(wanted: ReadyRow, language: str) -> dict[str, Any]:
    """The values of the columns, by name."""
    match wanted:
        case ReadyStatus():
            return {
                "name": wanted.name.get_in(language),
                "kind": wanted.kind.value,
                "hue": wanted.hue,
                "meaning": wanted.meaning.get_in(language),
                "next_action_prompt": wanted.prompt.get_in(language),
                "most_days": wanted.most_days,
                "probability": wanted.probability,
                "required_fields": list(wanted.required),
            }
        case ReadySource():
            return {"name": wanted.name.get_in(language), "kind": wanted.kind.value, "hue": wanted.hue}
        case ReadyReason():
            return {"name": wanted.name.get_in(language)}


def _put_in_order(planned: list[RowPlan], rest: list[RowPlan]) -> list[RowPlan]:
    """The pipeline's rows, and each other one that stays in use after the last row of its own or an earlier category."""
    order = list(planned)
    for other in rest:
        rank = _get_rank(other)
        places = [place for place, one in enumerate(order) if _get_rank(one) <= rank]
        order.insert(places[-1] + 1 if places else 0, other)
    return order


def _get_rank(row: RowPlan) -> int:
    """The place of its category; rows without one come last in any order."""
    kind = row.values.get("kind") or getattr(row.row, "kind", None)
    kinds = Status.Kind.values
    return kinds.index(kind) if kind in kinds else len(kinds)
