"""What web forms and incoming webhooks add to the product."""

from django.utils.translation import gettext_lazy as _

from accounts.settings_pages import LEADS, SettingsPage
from crm.platform.web.start_page.setup_steps import SetupPage
from intake import api
from intake.demo import PARTS
from intake.form_and_webhook_uses import get_affected_rows
from intake.forms.public.body_limits import OF_FORMS
from intake.forms.submissions import cleanup
from intake.lead_origins import build_arrivals_card
from intake.permissions import ROWS
from intake.value_replacement import replace_value_in_intake
from intake.webhooks.settings_pages import ADD_PAGE, EVENTS, ROW, TAB
from leads.models import Lead
from product.contribution import Contribution, Navigation

FORMS = SettingsPage(
    _("Web forms"),
    "intake_forms:list",
    "intake.view_webform",
    purpose=_("Visitors of your website fill in a form and become leads."),
    other_names=_("contact form, website form, landing page, lead capture, embed, spam, stop words"),
    shown_on=LEADS,
)
NEW_FORM = SettingsPage(_("New web form"), "intake_forms:new", "intake.add_webform")

CONTRIBUTION = Contribution(
    jobs=("intake.forms.submissions.cleanup", "intake.jobs", "intake.webhooks.call_rate"),
    notifications=("intake.forms.submissions.notifications",),
    setup_pages=[SetupPage(*FORMS[:3], step="leads")],
    verbs=("intake.forms.settings.form_changes", "intake.webhooks.settings_change"),
    record_parts={Lead.table: {api.NAME: api.ARRIVALS}},
    purge_followers=(cleanup.clear_submissions_of_leads,),
    merged_references=(cleanup.LEAD_OF_SUBMISSION,),
    uses=(get_affected_rows,),
    value_replacements=(replace_value_in_intake,),
    webhook_events=EVENTS,
    existing_record_settings=(FORMS, TAB),
    permission_rows=(*ROWS, ROW),
    navigation=Navigation(
        sales_settings=[FORMS],
        program_settings=[TAB],
        new_settings=[NEW_FORM, ADD_PAGE],
    ),
    lead_cards=(build_arrivals_card,),
    named_files=(cleanup.FILES,),
    public_forms=(OF_FORMS,),
    demo_parts=PARTS,
)
