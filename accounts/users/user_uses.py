"""What works on behalf of a user, or names them: the page that deactivates the user lists it, and so does their page afterwards."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from accounts.models import Absence, IdentityProvider, Provisioning, User
from crm.models import Task, Token, Webhook
from crm.records.kinds.kind_registry import KINDS
from crm.records.kinds.record_uses import Uses, build_uses, get_visible_rows


def find_uses_of_user(record: Any, viewer: Any) -> list[Uses]:
    if not isinstance(record, User):
        return []
    return [
        *_find_token_uses(record, viewer),
        *_find_webhook_uses(record, viewer),
        *_find_recurring_task_uses(record, viewer),
        *_find_absence_uses(record, viewer),
        *_find_uses_as_scim_recipient(record, viewer),
        *_find_uses_as_provider_heir(record, viewer),
    ]


def _find_token_uses(user: User, viewer: Any) -> list[Uses]:
    rows = list(Token.objects.of_user(user).in_force().newest_first())
    words = ngettext(
        "%(number)s API token works on behalf of this user. It’s revoked permanently",
        "%(number)s API tokens work on behalf of this user. They’re revoked permanently",
        len(rows),
    )
    seen = get_visible_rows(viewer, rows, "crm.view_token")
    return build_uses(rows, words, [(row.name, reverse("token", args=[row.pk])) for row in seen])


def _find_webhook_uses(user: User, viewer: Any) -> list[Uses]:
    rows = list(Webhook.objects.of_user(user).active().newest_first())
    words = ngettext(
        "%(number)s webhook sends what this user can view. It’s turned off",
        "%(number)s webhooks send what this user can view. They’re turned off",
        len(rows),
    )
    seen = get_visible_rows(viewer, rows, "crm.view_webhook")
    return build_uses(rows, words, [(row.url, reverse("webhook", args=[row.pk])) for row in seen])


def _find_recurring_task_uses(user: User, viewer: Any) -> list[Uses]:
    """As far as the viewer sees the records: the others aren't reassigned either."""
    rows = list(Task.objects.listed_for(viewer).open().for_user(user).recurring().in_order())
    words = ngettext(
        "%(number)s recurring task is for this user. The next ones are for the user who gets the open task",
        "%(number)s recurring tasks are for this user. The next ones are for the users who get the open tasks",
        len(rows),
    )
    return build_uses(rows, words, [(str(row), KINDS[row.of].get_url("record", row.record)) for row in rows])


def _find_absence_uses(user: User, viewer: Any) -> list[Uses]:
    rows = list(Absence.objects.replaced_by(user).not_over(timezone.localdate()).with_people().in_order())
    words = ngettext(
        "This user is the substitute for %(number)s absence. No one gets its reminders until another substitute is chosen",
        "This user is the substitute for %(number)s absences. No one gets their reminders until another substitute is chosen",
        len(rows),
    )
    changeable: set[int] = set()
    if viewer.has_perm("accounts.change_user"):
        away = User.objects.changeable_by(viewer).filter(pk__in=[row.user_id for row in rows])
        changeable = set(away.values_list("pk", flat=True))
    shown = [row for row in rows if row.user_id in changeable]
    return build_uses(
        rows, words, [(row.user.name, reverse("absences", args=[row.user_id])) for row in shown]
    )


def _find_uses_as_scim_recipient(user: User, viewer: Any) -> list[Uses]:
    rows = [row.token for row in Provisioning.objects.in_force().with_recipient(user).select_related("token")]
    words = ngettext(
        "%(number)s SCIM token reassigns the records of deactivated users to this user. They become unassigned until another user "
        "is chosen",
        "%(number)s SCIM tokens reassign the records of deactivated users to this user. They become unassigned until another user "
        "is chosen",
        len(rows),
    )
    seen = get_visible_rows(viewer, rows, "crm.view_token")
    return build_uses(rows, words, [(row.name, reverse("token", args=[row.pk])) for row in seen])


def _find_uses_as_provider_heir(user: User, viewer: Any) -> list[Uses]:
    rows = list(IdentityProvider.objects.with_heir(user))
    words = ngettext(
        "%(number)s provider of single sign-on reassigns the records of deactivated users to this user. They become unassigned "
        "until another user is chosen",
        "%(number)s providers of single sign-on reassign the records of deactivated users to this user. They become unassigned "
        "until another user is chosen",
        len(rows),
    )
    shown = rows if viewer.is_administrator else []
    return build_uses(rows, words, [(row.name, reverse("sign_on_provider", args=[row.pk])) for row in shown])
