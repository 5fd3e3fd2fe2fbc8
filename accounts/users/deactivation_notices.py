"""Administrators are notified when an identity provider deactivates a user whom settings or schedules use: no one saw the page that
names them before."""

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from crm.platform.configuration.company import get_company_language
from crm.platform.web.notifications import create_notification, register_notice_kind
from crm.records.kinds.record_uses import format_uses_as_text, get_uses


def get_uses_by_administrator(user: User) -> list[tuple[User, str]]:
    """What uses the user now, for each administrator in their language, as far as they see it. Call it before the user is
    deactivated: some of it ends then."""
    found = []
    for reader in User.objects.administrators().exclude(pk=user.pk).with_rights().distinct():
        with translation.override(reader.language or get_company_language()):
            found.append((reader, format_uses_as_text(get_uses(user, reader))))
    return found


def notify_administrators(user: User, uses: list[tuple[User, str]], *, program: str) -> None:
    for reader, words in uses:
        if words:
            create_notification(
                reader,
                "deactivated_elsewhere",
                path=f"/admin/users/{user.pk}",
                program=program,
                name=user.name,
                uses=words,
            )


@register_notice_kind("deactivated_elsewhere", icon="person")
def get_deactivated_sentence(values: dict) -> str:
    return _("“%(program)s” deactivated %(name)s. %(uses)s")
