"""The bulk actions of deals that leads have too, with the stages and pipelines of deals."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from crm.records.bulk import Action
from customers.actions import actions_of
from customers.deals.verbs import ChangePipeline, Move
from leads.actions import StatusForm
from leads.models import Pipeline
from leads.names import several_pipelines
from leads.settings.pipeline_forms import PipelineForm

StageForm = type("StageForm", (StatusForm,), {"purpose": Pipeline.Purpose.DEALS, "label": _("Stage")})
PipelineOfDealsForm = type("PipelineOfDealsForm", (PipelineForm,), {"purpose": Pipeline.Purpose.DEALS})

STAGE = Action(
    "status",
    _("Stage"),
    "flag",
    "change",
    StageForm,
    lambda data, user: Move(data["status"], data["reason"], data["remark"]),
    front=True,
)
PIPELINE = Action(
    "pipeline",
    _("Move to another pipeline"),
    "arrow",
    "change",
    PipelineOfDealsForm,
    lambda data, user: ChangePipeline(data["mapping"]),
    makes_sense=partial(several_pipelines, Pipeline.Purpose.DEALS),
)
ACTIONS = [STAGE, *actions_of("deal"), PIPELINE]
