"""The users and groups that an identity provider may see, and those that a filter describes."""

from collections.abc import Callable
from typing import Any

from django.db.models import CharField, Q, Value
from django.db.models.functions import Coalesce, Lower

from accounts.models import User
from accounts.models.user import fold_email
from accounts.scim.filter_parser import AllOf, Condition, Equal, build_filter_problem

# The name of a user for the identity provider: their email until it has given them another one.
NAME = Lower(Coalesce("provisioned__user_name", "email", output_field=CharField()))
NONE = Q(pk__in=[])


def provisioned_users_queryset(by: User) -> Any:
    """The users that exist for the identity provider, with all that their resource shows: the same number of queries
    for any number of them."""
    found = User.objects.visible_to(by).select_related("provisioned").with_names().annotate(called=NAME)
    return found.exclude(Q(provisioned__deleted=True, is_active=False))


def filtered_users_queryset(by: User, condition: Condition | None) -> Any:
    """Those that a filter describes, or all, always in the same order."""
    found = provisioned_users_queryset(by).order_by("pk")
    return found if condition is None else found.filter(build_user_condition(condition))


def users_with_deleted_queryset(by: User) -> Any:
    return User.objects.visible_to(by).select_related("provisioned").annotate(called=NAME)


def build_name_condition(name: str) -> Q:
    return Q(called=Lower(Value(name)))


def build_email_condition(email: str) -> Q:
    return Q(email=fold_email(email))


def build_user_condition(condition: Condition) -> Q:
    """The users that a filter describes. Raises ScimProblem with invalidFilter."""
    if isinstance(condition, Equal):
        if condition.name not in USERS:
            raise build_filter_problem(
                f"Users can be filtered by {', '.join(LABELS)}, not by {condition.name[:50]!r}."
            )
        return USERS[condition.name](condition.value)
    every, found = isinstance(condition, AllOf), build_user_condition(condition.parts[0])
    for part in condition.parts[1:]:
        found = found & build_user_condition(part) if every else found | build_user_condition(part)
    return found


def _require_text(condition: Callable[[str], Q]) -> Callable[[Any], Q]:
    """No user has a value of another type."""
    return lambda value: condition(value) if isinstance(value, str) else NONE


def _build_active_condition(value: Any) -> Q:
    known = {True: True, False: False, "true": True, "false": False}
    sought = value.lower() if isinstance(value, str) else value
    return Q(is_active=known[sought]) if sought in known else NONE


def _build_external_id_condition(value: str) -> Q:
    return Q(provisioned__external_id=value) if value else NONE


def _build_id_condition(value: str) -> Q:
    return Q(pk=int(value)) if is_id(value) else NONE


def is_id(text: str) -> bool:
    """Whether a user can have this id."""
    return text.isascii() and text.isdecimal() and len(text) < 19


USERS: dict[str, Callable[[Any], Q]] = {
    "id": _require_text(_build_id_condition),
    "username": _require_text(build_name_condition),
    "externalid": _require_text(_build_external_id_condition),
    "emails": _require_text(build_email_condition),
    "emails.value": _require_text(build_email_condition),
    "active": _build_active_condition,
    "displayname": _require_text(lambda value: Q(name=value)),
}
LABELS = ["userName", "externalId", "emails.value", "active", "displayName", "id"]
