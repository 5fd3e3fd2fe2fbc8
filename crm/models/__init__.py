"""The stored data: operations and changes, sets and views, imports and exports, jobs, tokens, calls."""

# Models ask for the types of their fields while they are loading.
from crm.fields import plain  # isort: skip
from crm.models.activity import Activity, OutgoingEmail
from crm.models.api_call import ApiCall, ApiReply
from crm.models.attached_file import AttachedFile
from crm.models.audit_entry import AuditEntry
from crm.models.audit_stream import AuditStream, AuditWaiting
from crm.models.built_in_field import BuiltInField
from crm.models.change import Change
from crm.models.custom_field import CustomField
from crm.models.custom_values import CustomValues
from crm.models.export import Export
from crm.models.frozen_set import FrozenSet
from crm.models.import_file import Import
from crm.models.import_row import ImportMapping, ImportRow, PlannedRow
from crm.models.installation import HourlyStep, Installation
from crm.models.invitation import Invitation, InvitationAnswer
from crm.models.job import Job
from crm.models.kept_periods import KeptPeriods
from crm.models.merged_record import MergedRecord
from crm.models.notification import Notification
from crm.models.operation import Operation, Verdict
from crm.models.saved_view import ListSettings, SavedView, SavedViewUse
from crm.models.start_page import StartPage
from crm.models.tag import Tag
from crm.models.task import Task
from crm.models.template import Template
from crm.models.token import Token, TokenUse
from crm.models.unique_value import UniqueValue
from crm.models.webhook import Webhook, WebhookDelivery
from crm.records import lookups

__all__ = [
    "Activity",
    "ApiCall",
    "ApiReply",
    "AttachedFile",
    "AuditEntry",
    "AuditStream",
    "AuditWaiting",
    "BuiltInField",
    "Change",
    "CustomField",
    "CustomValues",
    "Export",
    "FrozenSet",
    "HourlyStep",
    "Import",
    "ImportMapping",
    "ImportRow",
    "Installation",
    "Invitation",
    "InvitationAnswer",
    "Job",
    "KeptPeriods",
    "ListSettings",
    "MergedRecord",
    "Notification",
    "Operation",
    "OutgoingEmail",
    "PlannedRow",
    "SavedView",
    "SavedViewUse",
    "StartPage",
    "Tag",
    "Task",
    "Template",
    "Token",
    "TokenUse",
    "UniqueValue",
    "Verdict",
    "Webhook",
    "WebhookDelivery",
    "lookups",
    "plain",
]
