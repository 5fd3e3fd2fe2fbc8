"""Notifications of connected calendars: one can't be synced."""

from django.utils.translation import gettext as _

from crm.platform.web.notifications import register_notice_kind


@register_notice_kind("calendar_failing", icon="calendar")
def get_failing_sentence(values: dict) -> str:
    return _("Your calendar “%(calendar)s” can’t be synced. Its page says why.")
