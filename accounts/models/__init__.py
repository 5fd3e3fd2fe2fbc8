"""People: users, their departments, and their roles."""

from accounts.models.account_change import AccountChange
from accounts.models.calendar_feed import CalendarFeed
from accounts.models.department import Department, Membership
from accounts.models.inspection import Inspection
from accounts.models.provisioning import Provisioned, ProvisionedGroup, Provisioning
from accounts.models.push import PushDevice, PushMessage
from accounts.models.role import Role
from accounts.models.role_membership import HeldRole
from accounts.models.second_factor import AuthenticatorApp, Passkey, RecoveryCode
from accounts.models.session import Session
from accounts.models.single_sign_on import (
    ClaimRule,
    Identity,
    IdentityProvider,
    SignOnPolicy,
    SpentNonce,
)
from accounts.models.task_reminder import TaskReminder
from accounts.models.user import User
from accounts.models.working_time import Absence, Holiday, WorkingHours

__all__ = [
    "Absence",
    "AccountChange",
    "AuthenticatorApp",
    "CalendarFeed",
    "ClaimRule",
    "Department",
    "HeldRole",
    "Holiday",
    "Identity",
    "IdentityProvider",
    "Inspection",
    "Membership",
    "Passkey",
    "Provisioned",
    "ProvisionedGroup",
    "Provisioning",
    "PushDevice",
    "PushMessage",
    "RecoveryCode",
    "Role",
    "Session",
    "SignOnPolicy",
    "SpentNonce",
    "TaskReminder",
    "User",
    "WorkingHours",
]
