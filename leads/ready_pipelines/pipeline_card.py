"""What a ready-made pipeline brings, in the language of the company, for its card on the page to choose from."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from crm.records.kinds.kind_registry import KINDS
from leads.models import Status
from leads.models.pipeline import KINDS_BY_PURPOSE, Pipeline
from leads.ready_pipelines.ready_pipeline import ReadyPipeline, ReadySource, ReadyStatus
from leads.statuses.reference_tables import join_field_labels


@dataclass(frozen=True)
class CardRow:
    """A row as a chip, the probability of its deals in percent, and the labels of the fields that it requires."""

    label: str
    hue: int | None = None
    category: str = ""
    required: str = ""
    probability: int | None = None

    @property
    def details(self) -> str:
        """What follows the chip: "proposal · 40% · requires amount"."""
        required = _("requires %(fields)s") % {"fields": self.required} if self.required else ""
        chance = "" if self.probability is None else f"{self.probability}%"
        return " · ".join(filter(None, (self.category, chance, required)))


@dataclass(frozen=True)
class PipelineCard:
    ready: ReadyPipeline
    statuses: list[CardRow]
    stages: list[CardRow]
    sources: list[CardRow]
    reasons: list[str]


def build_pipeline_card(ready: ReadyPipeline, language: str) -> PipelineCard:
    models: list[Any] = [KINDS[KINDS_BY_PURPOSE[purpose]].model for purpose in Pipeline.Purpose.values]
    return PipelineCard(
        ready,
        statuses=[_build_status_row(row, language, models[0]) for row in ready.statuses],
        stages=[_build_status_row(row, language, models[1]) for row in ready.stages],
        sources=[_build_source_row(row, language) for row in ready.sources],
        reasons=[row.name.get_in(language) for row in ready.reasons],
    )


def _build_status_row(row: ReadyStatus, language: str, model: Any) -> CardRow:
    """A category that its name says already isn't repeated."""
    name, category = row.name.get_in(language), str(Status.Kind(row.kind).label)
    return CardRow(
        name,
        row.hue,
        category="" if category.casefold() == name.casefold() else category,
        required=join_field_labels(list(row.required), model),
        probability=row.probability,
    )


def _build_source_row(row: ReadySource, language: str) -> CardRow:
    return CardRow(row.name.get_in(language), row.hue)
