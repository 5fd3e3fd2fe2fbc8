"""How leads and requests come in without anyone typing them here: web forms, and webhooks of other programs."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntakeConfig(AppConfig):
    name = "intake"
    verbose_name = _("Intake")

    def ready(self) -> None:
        from accounts import navigation
        from accounts.roles import permissions
        from crm.api.v2 import record_parts
        from crm.api.webhooks import delivery_log
        from crm.platform.web.middleware import request_body
        from crm.records.kinds import uses
        from crm.records.listing import saved_view_replacement
        from duplicates.existing_record_policies import ELSEWHERE
        from intake import api, lead_origins
        from intake.forms.public.body_limits import OF_FORMS
        from intake.forms.settings import form_changes  # noqa: F401
        from intake.forms.submissions import cleanup, notifications  # noqa: F401 - they register their parts
        from intake.permissions import ROWS
        from intake.uses import get_affected_rows
        from intake.value_replacement import replace_value_in_intake
        from intake.webhooks import call_rate, settings_change  # noqa: F401 - they register their parts
        from intake.webhooks.settings_entries import ADDED, EVENTS, ROW, TAB
        from leads.models import Lead
        from leads.page.page_card import CARDS

        forms = navigation.Tab(_("Web forms"), "intake_forms:list", "intake.view_webform")
        permissions.ROWS += [*ROWS, ROW]
        request_body.PUBLIC.append(OF_FORMS)
        uses.FINDERS.append(get_affected_rows)
        saved_view_replacement.OTHERS.append(replace_value_in_intake)
        CARDS.append(lead_origins.build_arrivals_card)
        record_parts.add_part(Lead.table, api.NAME, api.ARRIVALS)
        navigation.SALES.append(forms)
        navigation.PROGRAMS.append(TAB)
        navigation.ADDED.append(navigation.Tab(_("New web form"), "intake_forms:new", "intake.add_webform"))
        navigation.ADDED.append(ADDED)
        ELSEWHERE.extend([forms, TAB])
        delivery_log.EVENTS += EVENTS
