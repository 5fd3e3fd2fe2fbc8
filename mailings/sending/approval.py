"""Large mailings wait for approval: from which number of recipients on, who approves them, and who is notified."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from crm.models import Change
from crm.platform.web.notifications import create_notification, register_notice_kind
from crm.templatetags.look import number
from mailings.models import Mailing

RIGHT = "mailings.approve_mailing"


def has_to_ask(user, mailing: Mailing, receiving: int) -> bool:
    """Whether someone else has to approve a mailing to so many recipients; there may be more of them once a filter is read
    later. Users who may approve don't have to ask."""
    most = settings.MAILING_APPROVAL_ABOVE
    return bool(most) and (receiving > most or bool(mailing.query)) and not user.has_perm(RIGHT)


def request_approval(mailing: Mailing, by, receiving: int) -> None:
    """Notify those who may approve it."""
    for approver in get_approvers(mailing, but=by):
        create_notification(
            approver,
            "mailing_asked",
            path=mailing.get_absolute_url(),
            by=by.name,
            mailing=mailing.subject,
            recipients=number(receiving),
        )


def get_approvers(mailing: Mailing, *, but) -> list:
    """Active users with the permission who see the mailing."""
    people = get_user_model()._default_manager
    holding = people.active().filter(groups__permissions__codename="approve_mailing").exclude(pk=but.pk)
    found = people.with_rights().filter(pk__in=holding.values("pk"))
    return [user for user in found if Mailing.objects.decidable_by(user).filter(pk=mailing.pk).exists()]


def notify_of_decision(mailing: Mailing, kind: str, by) -> None:
    """Whose mailing it is, and the colleague who has requested the approval of it."""
    asked = Change.objects.of_row(Mailing.table, mailing.pk).filter(operation__kind="request_mailing")
    last = asked.select_related("operation__by").order_by("-id").first()
    people = {mailing.by, *([last.operation.by] if last else [])} - {None, by}
    for user in sorted(people, key=lambda user: user.pk):
        create_notification(
            user,
            kind,
            path=mailing.get_absolute_url(),
            by=by.name,
            mailing=mailing.subject,
            own=user == mailing.by,
        )


@register_notice_kind("mailing_asked", icon="mail")
def get_request_sentence(values: dict) -> str:
    return _("%(by)s requested approval for the mailing “%(mailing)s” to %(recipients)s recipients.")


@register_notice_kind("mailing_approved", icon="mail")
def get_approved_sentence(values: dict) -> str:
    """Notifications of earlier versions were only for whose mailing it is."""
    if values.get("own", True):
        return _("%(by)s approved your mailing “%(mailing)s”.")
    return _("%(by)s approved the mailing “%(mailing)s”.")


@register_notice_kind("mailing_declined", icon="mail")
def get_declined_sentence(values: dict) -> str:
    if values.get("own", True):
        return _("%(by)s declined your mailing “%(mailing)s”. It is a draft again.")
    return _("%(by)s declined the mailing “%(mailing)s”. It is a draft again.")
