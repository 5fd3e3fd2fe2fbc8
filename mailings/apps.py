"""Newsletters to a set of leads, and unsubscribing."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MailingsConfig(AppConfig):
    name = "mailings"
    verbose_name = _("Mailings")

    def ready(self) -> None:
        from accounts import shipped as roles
        from leads.demo import generate
        from mailings import sending_parts
        from mailings.demo import deliver

        generate.FOLLOWERS.append(deliver)
        sending_parts.register()
        roles.OF_STEERING.append("mailings.send_mailing")
