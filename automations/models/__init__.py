"""Automations, what wakes them, and what they did."""

from automations.models.automation import Automation, AutomationStep
from automations.models.automation_clock import AutomationClock
from automations.models.automation_run import AutomationRun
from automations.models.automation_state import AutomationState
from automations.models.automation_trial import AutomationTrial
from automations.models.mailing_response import MailingResponse
from automations.models.waiting_record import WaitingRecord
from automations.models.waking_operation import WakingOperation

__all__ = [
    "Automation",
    "AutomationClock",
    "AutomationRun",
    "AutomationState",
    "AutomationStep",
    "AutomationTrial",
    "MailingResponse",
    "WaitingRecord",
    "WakingOperation",
]
