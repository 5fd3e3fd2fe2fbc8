"""People: users, the departments that they belong to, their roles, their tokens, and what the product tells them."""

from accounts.models.department import Department, Membership
from accounts.models.inspection import Inspection
from accounts.models.notification import Notification
from accounts.models.role import Role
from accounts.models.token import Token, TokenUse
from accounts.models.user import User

__all__ = ["Department", "Inspection", "Membership", "Notification", "Role", "Token", "TokenUse", "User"]
