"""How leads and requests come in without anyone typing them here: web forms, and webhooks of other programs."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntakeConfig(AppConfig):
    name = "intake"
    verbose_name = _("Intake")

    def ready(self) -> None:
        from accounts import navigation, permissions
        from crm.api import webhook_log
        from crm.api.v2 import parts
        from crm.records import rewritten_views, uses
        from crm.web import bodies
        from duplicates.policies import ELSEWHERE
        from intake import arrivals, arrivals_api
        from intake.affected import affected
        from intake.forms import changes, cleanup, notices  # noqa: F401 - they register their parts
        from intake.forms.bodies import OF_FORMS
        from intake.rewriting import rewrite
        from intake.rights import ROWS
        from intake.webhooks import counting, settings_change  # noqa: F401 - they register their parts
        from intake.webhooks.parts import ADDED, EVENTS, ROW, TAB
        from leads.models import Lead
        from leads.page_cards import CARDS

        forms = navigation.Tab(_("Web forms"), "intake_forms:list", "intake.view_webform")
        permissions.ROWS += [*ROWS, ROW]
        bodies.PUBLIC.append(OF_FORMS)
        uses.FINDERS.append(affected)
        rewritten_views.OTHERS.append(rewrite)
        CARDS.append(arrivals.card_of)
        parts.add_part(Lead.table, arrivals_api.NAME, arrivals_api.ARRIVALS)
        navigation.SALES.append(forms)
        navigation.PROGRAMS.append(TAB)
        navigation.ADDED.append(navigation.Tab(_("New web form"), "intake_forms:new", "intake.add_webform"))
        navigation.ADDED.append(ADDED)
        ELSEWHERE.extend([forms, TAB])
        webhook_log.EVENTS += EVENTS
