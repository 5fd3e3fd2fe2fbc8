"""The Settings lists: their rows, sorts and searched texts. Screen and export read the same one."""

from datetime import date
from decimal import Decimal

from django.db.models import Sum
from django.http import QueryDict
from django.utils import timezone

from crm.models import Tag
from crm.platform.text.text_folding import fold_text as folded
from leads.models import LostReason, Pipeline, Source, SourceCost, Status
from leads.settings.lists.filters import (
    LostReasonFilter,
    PipelineFilter,
    SourceFilter,
    StatusFilter,
    TagFilter,
)
from leads.settings.lists.list_state import SettingsList, get_sort_label

Numbers = dict[int, int]


def get_position_sort_key(row) -> tuple:
    return row.position is None, row.position or 0, get_sort_label(row)


def get_pipeline_sort_key(pipeline: Pipeline) -> tuple:
    """The pipelines of leads come first."""
    return pipeline.is_for_deals, pipeline.position, pipeline.pk


def build_status_list(data: QueryDict, numbers: Numbers) -> SettingsList:
    kinds = Status.Kind.values
    return SettingsList(
        data,
        StatusFilter(data, Status.objects.select_related("pipeline")),
        sorts={
            "order": lambda row: (*get_pipeline_sort_key(row.pipeline), row.position, row.pk),
            "label": get_sort_label,
            "pipeline": lambda row: folded(row.pipeline.label),
            "kind": lambda row: kinds.index(row.kind),
            "probability": lambda row: row.probability,
            "hue": lambda row: row.hue,
            "most_days": lambda row: row.most_days,
            "next_action_prompt": lambda row: folded(row.prompt) or None,
            "leads": lambda row: numbers.get(row.pk, 0),
        },
        searched=lambda row: [row.label, row.meaning_said, row.prompt],
    )


def build_source_list(data: QueryDict, numbers: Numbers, costs: dict | None = None) -> SettingsList:
    return SettingsList(
        data,
        SourceFilter(data, Source.objects.all()),
        sorts={
            "order": get_position_sort_key,
            "label": get_sort_label,
            "kind": lambda row: folded(row.get_kind_display()),
            "contact_within": lambda row: row.contact_within,
            "cost": lambda row: (costs or {}).get(row.pk),
            "leads": lambda row: numbers.get(row.pk, 0),
        },
    )


def get_costs_of_year(year: int | None = None) -> dict[int, Decimal]:
    """What each source cost in a year, by default the current one, in the base currency."""
    year = year or timezone.localdate().year
    entries = SourceCost.objects.filter(month__gte=date(year, 1, 1), month__lte=date(year, 12, 31)).order_by()
    return dict(entries.values("source").annotate(total=Sum("amount")).values_list("source", "total"))


def build_pipeline_list(data: QueryDict, numbers: Numbers) -> SettingsList:
    return SettingsList(
        data,
        PipelineFilter(data, Pipeline.objects.all()),
        sorts={
            "order": get_pipeline_sort_key,
            "label": get_sort_label,
            "leads": lambda row: numbers.get(row.pk, 0),
        },
    )


def build_tag_list(data: QueryDict, numbers: Numbers) -> SettingsList:
    return SettingsList(
        data,
        TagFilter(data, Tag.objects.all()),
        sorts={
            "order": get_position_sort_key,
            "label": get_sort_label,
            "leads": lambda row: numbers.get(row.pk, 0),
        },
    )


def build_lost_reason_list(data: QueryDict, numbers: Numbers) -> SettingsList:
    return SettingsList(
        data,
        LostReasonFilter(data, LostReason.objects.all()),
        sorts={
            "order": lambda row: (row.position, row.pk),
            "label": get_sort_label,
            "leads": lambda row: numbers.get(row.pk, 0),
        },
    )


LISTS = {
    "status": build_status_list,
    "source": build_source_list,
    "tag": build_tag_list,
    "lost_reason": build_lost_reason_list,
}
