"""People: users, their departments, and their roles."""

from accounts.models.account_change import AccountChange
from accounts.models.department import Department, Membership
from accounts.models.inspection import Inspection
from accounts.models.role import Role
from accounts.models.user import User

__all__ = ["AccountChange", "Department", "Inspection", "Membership", "Role", "User"]
