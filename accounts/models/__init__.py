"""People: users, their departments, and their roles."""

from accounts.models.account_change import AccountChange
from accounts.models.calendar_feed import CalendarFeed
from accounts.models.department import Department, Membership
from accounts.models.inspection import Inspection
from accounts.models.role import Role
from accounts.models.task_reminder import TaskReminder
from accounts.models.user import User
from accounts.models.working_time import Absence, Holiday, WorkingHours

__all__ = [
    "Absence",
    "AccountChange",
    "CalendarFeed",
    "Department",
    "Holiday",
    "Inspection",
    "Membership",
    "Role",
    "TaskReminder",
    "User",
    "WorkingHours",
]
