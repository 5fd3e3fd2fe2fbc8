"""Account changes are recorded, appear in the security log, and the affected user is notified.

Otherwise, someone who may edit a colleague could take over the account unnoticed, with another email or a password
link.
"""

from typing import Any

from django.utils.translation import gettext as _

from accounts.jobs import mail_account_change
from accounts.models import AccountChange, User
from accounts.models.role import SHIPPED_ENGLISH
from crm.platform.web.notifications import create_notification, register_notice_kind
from crm.platform.web.security_log import write_security_line

Kind = AccountChange.Kind


def get_compared_state(user: User) -> dict[Kind, list[str]]:
    """The stored values that are compared before and after an edit."""
    saved = User.objects.with_names().get(pk=user.pk)
    departments = sorted(saved.memberships.all(), key=lambda membership: membership.position)
    return {
        Kind.EMAIL: [saved.email],
        Kind.ROLES: sorted(group.name for group in saved.groups.all()),
        Kind.DEPARTMENTS: [str(membership.department) for membership in departments],
    }


def record_differences(
    user: User, before: dict[Kind, list[str]], *, by: User | None, program: str = ""
) -> None:
    for kind, value in get_compared_state(user).items():
        if value != before[kind]:
            record_account_change(user, kind, before[kind], value, by=by, program=program)


def record_account_change(
    user: User,
    kind: Kind,
    before: list[str] | None = None,
    after: list[str] | None = None,
    *,
    by: User | None,
    program: str = "",
    announced: bool = True,
) -> None:
    """Record the change and notify the user; by email too if someone else made it or if it affects access to the
    account. An identity provider changes many accounts at once, so its other changes aren't mailed."""
    change = AccountChange.objects.create(
        user=user, by=by, program=program, kind=kind, before=before or [], after=after or []
    )
    write_security_line(
        f"account_{kind}",
        by=by,
        of=user.pk,
        of_email=user.email,
        before=change.before,
        after=change.after,
        **({"token": program} if program else {}),
    )
    if not announced:
        return
    foreign = by is None or by.pk != user.pk
    if foreign:
        create_notification(
            user, "account_changed", by=change.actor_name, what=kind, before=change.before, after=change.after
        )
    if kind in AccountChange.KEYS or (foreign and not program):
        mail_account_change.defer(change_id=change.pk)


def describe_account_change(change: AccountChange) -> str:
    """What happened, for a list that shows who and when separately."""
    return _describe_change({"what": change.kind, "before": change.before, "after": change.after})


def get_notification_sentence(change: AccountChange) -> str:
    """The same as a sentence to the affected user."""
    by = change.actor_name or _("The system")
    return _get_announcement({"by": by, "what": change.kind, "before": change.before, "after": change.after})


def _describe_change(values: dict[str, Any]) -> str:
    before, after = _format_names(values["before"]), _format_names(values["after"])
    match values["what"]:
        case Kind.EMAIL:
            return _("Email changed from %(before)s to %(after)s") % {"before": before, "after": after}
        case Kind.ROLES:
            return _("Roles changed from %(before)s to %(after)s") % {"before": before, "after": after}
        case Kind.DEPARTMENTS:
            return _("Departments changed from %(before)s to %(after)s") % {"before": before, "after": after}
        case Kind.PASSWORD:
            return _("Password changed")
        case Kind.TOKEN_ADDED:
            return _("API token “%(name)s” created") % {"name": after}
        case Kind.TOKEN_RENEWED:
            return _("New secret for the API token “%(name)s”") % {"name": after}
        case Kind.TOKEN_REVOKED:
            return _("API token “%(name)s” revoked") % {"name": before}
        case Kind.ASSISTANT_CONNECTED:
            return _("Assistant “%(name)s” connected") % {"name": after}
        case Kind.ASSISTANT_CHANGED:
            return _("Permissions or limits of the assistant “%(name)s” changed") % {"name": after}
        case Kind.ASSISTANT_DISCONNECTED:
            return _("Assistant “%(name)s” disconnected") % {"name": before}
    return _describe_second_factor_change(values["what"]) % {"name": after or before}


def _describe_second_factor_change(what: str) -> str:
    match what:
        case Kind.APP_ADDED:
            return _("Authenticator app added")
        case Kind.APP_REMOVED:
            return _("Authenticator app removed")
        case Kind.PASSKEY_ADDED:
            return _("Passkey “%(name)s” added")
        case Kind.PASSKEY_REMOVED:
            return _("Passkey “%(name)s” removed")
        case Kind.CODES_MADE:
            return _("New recovery codes created")
        case Kind.CODE_USED:
            return _("Recovery code used to sign in")
        case Kind.CODES_WRONG:
            return _("%(name)s wrong codes in a row entered after the right password")
        case Kind.FACTORS_OFF:
            return _("Two-step verification turned off")
    return _("Two-step verification reset")


def _get_announcement(values: dict[str, Any]) -> str:
    if values["what"] == Kind.CODES_WRONG:
        # Who did it isn't known.
        return _("%(what)s. If it wasn’t you, change your password.") % {"what": _describe_change(values)}
    return _("%(what)s by %(by)s.") % {"what": _describe_change(values), "by": values["by"]}


def _format_names(names: list[str]) -> str:
    """A list of names; shipped roles are in the reader's language."""
    shipped = SHIPPED_ENGLISH.values()
    return ", ".join(_(name) if name in shipped else name for name in names) or _("none")


@register_notice_kind("account_changed", icon="person")
def _format_notice(values: dict) -> str:
    # The sentence is formatted once more for its reader, so a percent sign in a name is escaped.
    by = values["by"] or _("The system")
    return _get_announcement({**values, "by": by}).replace("%", "%%")
