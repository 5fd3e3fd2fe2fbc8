"""Leads and their settings: statuses, sources, lost reasons, exchange rates, the newsletter state."""

from leads.models.assignment import AssignmentRule, AssignmentRun, AssignmentTurn, RuleAssignment
from leads.models.contact_due import ContactLimitChange, ContactReminder
from leads.models.currency import Rate
from leads.models.lead import Lead, LeadSearch, LeadValues
from leads.models.lost_reason import LostReason
from leads.models.newsletter import Newsletter, Unsubscribe
from leads.models.pipeline import Pipeline
from leads.models.queue import QueueHold, QueueRules, QueueStep
from leads.models.score_proposal import ScoreProposal
from leads.models.score_rule import ScoreRule, ScoreState
from leads.models.source import Source, SourceCost
from leads.models.status import Status
from leads.models.status_move import StatusMove

__all__ = [
    "AssignmentRule",
    "AssignmentRun",
    "AssignmentTurn",
    "ContactLimitChange",
    "ContactReminder",
    "Lead",
    "LeadSearch",
    "LeadValues",
    "LostReason",
    "Newsletter",
    "Pipeline",
    "QueueHold",
    "QueueRules",
    "QueueStep",
    "Rate",
    "RuleAssignment",
    "ScoreProposal",
    "ScoreRule",
    "ScoreState",
    "Source",
    "SourceCost",
    "Status",
    "StatusMove",
    "Unsubscribe",
]
