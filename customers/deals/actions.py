"""The bulk actions of deals that leads have too, with the stages and pipelines of deals."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from crm.records.editing.bulk_actions import BulkAction
from customers.actions import get_bulk_actions
from customers.deals.verbs import ChangePipeline, Move
from leads.actions import StatusForm
from leads.models import Pipeline
from leads.settings.forms.pipelines import PipelineForm
from leads.statuses.reference_tables import has_several_pipelines

StageForm = type("StageForm", (StatusForm,), {"purpose": Pipeline.Purpose.DEALS, "label": _("Stage")})
PipelineOfDealsForm = type("PipelineOfDealsForm", (PipelineForm,), {"purpose": Pipeline.Purpose.DEALS})

STAGE = BulkAction(
    "status",
    _("Change stage"),
    "flag",
    "change",
    StageForm,
    lambda data, user: Move(data["status"], data["reason"], data["remark"]),
    front=True,
)
PIPELINE = BulkAction(
    "pipeline",
    _("Move to another pipeline"),
    "arrow",
    "change",
    PipelineOfDealsForm,
    lambda data, user: ChangePipeline(data["mapping"]),
    makes_sense=partial(has_several_pipelines, Pipeline.Purpose.DEALS),
)
ACTIONS = [STAGE, *get_bulk_actions("deal"), PIPELINE]
