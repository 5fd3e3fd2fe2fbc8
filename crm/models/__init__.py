"""The stored data: operations and changes, sets and views, imports and exports, jobs, tokens, calls."""

# Models ask for the types of their fields while they are loading.
from crm.fields.types import django_fields  # isort: skip
from crm.api.models.api_call import ApiCall, ApiReply
from crm.api.models.webhook import Webhook, WebhookDelivery
from crm.fields.models.built_in_field import BuiltInField
from crm.fields.models.custom_field import CustomField
from crm.fields.models.custom_values import CustomValues
from crm.fields.models.tag import Tag
from crm.fields.models.unique_value import UniqueValue
from crm.fields.models.value_file import ValueFile
from crm.fields.widgets import link_resolution
from crm.platform.models.audit_entry import AuditEntry
from crm.platform.models.audit_stream import AuditStream, AuditWaiting
from crm.platform.models.change import Change
from crm.platform.models.company_logo import CompanyLogo
from crm.platform.models.company_settings import CompanySettings
from crm.platform.models.installation import HourlyStep, Installation
from crm.platform.models.job import Job
from crm.platform.models.notification import Notification
from crm.platform.models.operation import Operation, Verdict
from crm.platform.models.retention_periods import KeptPeriods
from crm.platform.models.saved_form import SavedForm
from crm.platform.models.setup_progress import SetupProgress
from crm.platform.models.start_page import StartPage
from crm.platform.models.token import Token, TokenUse
from crm.platform.sql import lookups
from crm.records.models.frozen_set import FrozenSet
from crm.records.models.merged_record import MergedRecord
from crm.records.models.saved_view import ListSettings, SavedView, SavedViewUse
from crm.transfer.models.export import Export
from crm.transfer.models.import_file import Import
from crm.transfer.models.import_row import ImportMapping, ImportRow, PlannedRow
from crm.work.models.activity import Activity, OutgoingEmail
from crm.work.models.attached_file import AttachedFile
from crm.work.models.email_draft import EmailDraft
from crm.work.models.email_envelope import EmailEnvelope
from crm.work.models.invitation import Invitation, InvitationAnswer
from crm.work.models.task import Task
from crm.work.models.template import Template

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
    "CompanyLogo",
    "CompanySettings",
    "CustomField",
    "CustomValues",
    "EmailDraft",
    "EmailEnvelope",
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
    "SavedForm",
    "SavedView",
    "SavedViewUse",
    "SetupProgress",
    "StartPage",
    "Tag",
    "Task",
    "Template",
    "Token",
    "TokenUse",
    "UniqueValue",
    "ValueFile",
    "Verdict",
    "Webhook",
    "WebhookDelivery",
    "django_fields",
    "link_resolution",
    "lookups",
]
