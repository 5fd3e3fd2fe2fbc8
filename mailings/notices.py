"""Notifications of mailings: all emails are sent, or Leadwell has paused the mailing."""

from django.utils.translation import gettext as _

from crm.web.notices import notice_kind


@notice_kind("mailing_finished", icon="mail")
def mailing_finished(values: dict) -> str:
    return _("The mailing “%(subject)s” has been sent.")


@notice_kind("mailing_stopped")
def mailing_stopped(values: dict) -> str:
    return _("The mailing “%(subject)s” was paused. Its page says why.")
