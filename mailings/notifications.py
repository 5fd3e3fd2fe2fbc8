"""Notifications of mailings: all emails are sent, or Leadwell has paused the mailing."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.platform.web.notifications import register_notice_kind


@register_notice_kind("mailing_finished", icon="mail")
def get_finished_sentence(values: dict) -> str:
    """Notifications of earlier versions don't have the number of the skipped recipients."""
    if skipped := values.get("skipped"):
        return ngettext(
            "The mailing “%(subject)s” has been sent. %(skipped)s recipient was skipped; its results say why.",
            "The mailing “%(subject)s” has been sent. %(skipped)s recipients were skipped; its results say why.",
            skipped,
        )
    return _("The mailing “%(subject)s” has been sent.")


@register_notice_kind("mailing_stopped")
def get_paused_sentence(values: dict) -> str:
    return _("The mailing “%(subject)s” was paused. Its page says why.")
