"""The calls of API v2 that change the statuses, sources, tags, lost reasons and pipelines of leads."""

from collections.abc import Mapping
from typing import Any

from django.urls import path

from crm.api.problems import build_invalid_problem
from crm.api.v2 import reference_tables
from crm.models import Tag
from leads.api import v2_leads
from leads.models import LostReason, Pipeline, Source, Status
from leads.settings.api.pipeline_calls import build_retirement_calls
from leads.settings.api.row_calls import build_list_call, build_move_call, build_row_calls
from leads.settings.api.row_list import RowList
from leads.settings.api.row_removal import DeletedRow, build_merge_call, document_deletion
from leads.settings.forms.pipelines import NewPipelineForm
from leads.settings.forms.settings_forms import LostReasonForm, SourceForm, StatusForm, TagForm
from leads.settings.settings_tables import PIPELINES, SETTINGS_TABLES

# What a program calls the fields of the forms.
NAME, RETIRED = {"name": "name"}, {"retired": "retired"}
STATUS_NAMES = {
    **NAME,
    "category": "kind",
    "color": "hue",
    "definition": "meaning",
    "required_fields": "required_fields",
    "confirmed": "confirmed",
}
PIPELINE_NAMES = {**NAME, "departments": "departments"}


def build_status_form(data: Any, row: Any, sent: Mapping[str, Any], user: Any, purpose: str) -> StatusForm:
    """The form of the page. A new status is for the pipeline that was sent, or else for the first one. Raises Problem 422."""
    if row is not None:
        return StatusForm(data, instance=row, user=user)
    pipelines = Pipeline.objects.active().filter(purpose=purpose).in_order()
    if sent.get("pipeline") is None:
        return StatusForm(data, pipeline=pipelines.first(), user=user)
    chosen = next((pipeline for pipeline in pipelines if str(pipeline.pk) == str(sent["pipeline"])), None)
    if chosen is None:
        raise build_invalid_problem(pipeline="Send the id of a pipeline in use.")
    form = StatusForm(data, pipeline=chosen, user=user)
    if "pipeline" not in form.fields:
        # The page doesn't ask if there is only one.
        form.fields["pipeline"] = StatusForm.base_fields["pipeline"]
    return form


def build_plain_form(form: Any) -> Any:
    """The form of a page that needs nothing but the row."""
    return lambda data, row, _sent, _user: form(data, instance=row)


def build_status_list(purpose: str, **values: Any) -> RowList:
    def build_form(data: Any, row: Any, sent: Mapping[str, Any], user: Any) -> StatusForm:
        return build_status_form(data, row, sent, user, purpose)

    return RowList(
        table=SETTINGS_TABLES["status"],
        rows=lambda: Status.objects.filter(pipeline__purpose=purpose).select_related("pipeline"),
        build_form=build_form,
        form=StatusForm,
        added={"pipeline": "pipeline"},
        changed=RETIRED,
        **values,
    )


def build_pipeline_list(purpose: str, **values: Any) -> RowList:
    def build_form(data: Any, row: Any, sent: Mapping[str, Any], user: Any) -> NewPipelineForm:
        if row is None and data is not None:
            data["purpose"] = purpose
        return NewPipelineForm(data, instance=row)

    return RowList(
        table=PIPELINES,
        rows=lambda: Pipeline.objects.filter(purpose=purpose),
        build_json=v2_leads.build_pipeline_json,
        build_form=build_form,
        form=NewPipelineForm,
        names=PIPELINE_NAMES,
        added={"copy_of": "copy_of"},
        changed={},
        **values,
    )


STATUSES = build_status_list(
    Pipeline.Purpose.LEADS,
    one="status",
    many="statuses",
    reading=v2_leads.Statuses,
    build_json=v2_leads.build_status_json,
    names={
        **STATUS_NAMES,
        "next_statuses": "next_statuses",
        "most_days": "most_days",
        "next_action": "next_action_prompt",
        "for_new_leads": "is_default",
    },
)
SOURCES = RowList(
    table=SETTINGS_TABLES["source"],
    one="source",
    many="sources",
    rows=lambda: Source.objects.all(),
    reading=v2_leads.Sources,
    build_json=v2_leads.build_source_json,
    build_form=build_plain_form(SourceForm),
    form=SourceForm,
    names={**NAME, "category": "kind", "color": "hue", "contact_within": "contact_within"},
    added={},
    changed=RETIRED,
)
TAGS = RowList(
    table=SETTINGS_TABLES["tag"],
    one="tag",
    many="tags",
    rows=lambda: Tag.objects.all(),
    reading=reference_tables.Tags,
    build_json=reference_tables.build_name_json,
    build_form=build_plain_form(TagForm),
    form=TagForm,
    names=NAME,
    added={},
    changed=RETIRED,
)
LOST_REASONS = RowList(
    table=SETTINGS_TABLES["lost_reason"],
    one="lost reason",
    many="lost reasons",
    rows=lambda: LostReason.objects.all(),
    reading=v2_leads.LostReasons,
    build_json=reference_tables.build_name_json,
    build_form=build_plain_form(LostReasonForm),
    form=LostReasonForm,
    names=NAME,
    added={},
    changed=RETIRED,
)
LEAD_PIPELINES = build_pipeline_list(
    Pipeline.Purpose.LEADS, one="pipeline", many="pipelines", reading=v2_leads.Pipelines
)


def build_row_urls(address: str, listed: RowList, *, may_delete: bool = False) -> list[Any]:
    """The list, one row, its place, and merging others into it."""
    name = address.replace("-", "_")
    one = build_row_calls(listed, *([DeletedRow] if may_delete else []))
    found = [
        path(address, build_list_call(listed).as_view(), name=f"own_{name}"),
        path(
            f"{address}/<str:pk>",
            (document_deletion(listed, one) if may_delete else one).as_view(),
            name=f"own_one_{name}",
        ),
        path(f"{address}/<str:pk>/move", build_move_call(listed).as_view(), name=f"own_move_{name}"),
    ]
    if listed.table.table in SETTINGS_TABLES:
        merge = build_merge_call(listed).as_view()
        return [*found, path(f"{address}/<str:pk>/merge", merge, name=f"own_merge_{name}")]
    retire, activate = build_retirement_calls(listed)
    return [
        *found,
        path(f"{address}/<str:pk>/retire", retire.as_view(), name=f"own_retire_{name}"),
        path(f"{address}/<str:pk>/activate", activate.as_view(), name=f"own_activate_{name}"),
    ]


urlpatterns = [
    *build_row_urls("statuses", STATUSES, may_delete=True),
    *build_row_urls("sources", SOURCES, may_delete=True),
    *build_row_urls("tags", TAGS),
    *build_row_urls("lost-reasons", LOST_REASONS),
    *build_row_urls("pipelines", LEAD_PIPELINES),
]
