"""Leads: the heart of Leadwell."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LeadsConfig(AppConfig):
    name = "leads"
    verbose_name = _("Leads")

    def ready(self) -> None:
        from leads import checks  # noqa: F401 - registers them
        from leads.api import webhooks  # noqa: F401 - what webhooks say of an operation
