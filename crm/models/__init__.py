"""What the machine remembers: operations, changes, verdicts, frozen sets, jobs, calls of the APIs."""

from crm import lookups
from crm.models.api_call import ApiCall, ApiReply
from crm.models.change import Change
from crm.models.frozen_set import FrozenSet
from crm.models.job import Job
from crm.models.operation import Operation, Verdict
from crm.models.webhook import Webhook, WebhookDelivery

__all__ = [
    "ApiCall",
    "ApiReply",
    "Change",
    "FrozenSet",
    "Job",
    "Operation",
    "Verdict",
    "Webhook",
    "WebhookDelivery",
    "lookups",
]
