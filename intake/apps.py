"""How leads and requests come in without anyone typing them here: web forms, and webhooks of other programs."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntakeConfig(AppConfig):
    name = "intake"
    verbose_name = _("Intake")
