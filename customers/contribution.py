"""What companies, contacts, deals and requests add to the product, and to leads."""

from django.utils.translation import gettext_lazy as _

from accounts.settings_pages import LEADS, SettingsPage, ShownOn
from crm.platform.configuration.base_currency import StoredAmounts
from customers import connectors, reasons
from customers.companies.excel import CompanyImport
from customers.companies.kind import COMPANY
from customers.consent import api as consents
from customers.consent import list_filter as consent_filter
from customers.consent import purpose_api
from customers.consent.consent_erasure import clear_consents
from customers.consent.page_card import build_consent_card
from customers.contacts.excel import ContactImport
from customers.contacts.kind import CONTACT
from customers.conversion.actions import CONVERT
from customers.conversion.company_linking import convert_lead_into_company
from customers.conversion.conversion_rule_uses import find_rules_copying
from customers.conversion.won_leads import AutomaticConversion
from customers.deal_contacts import api as contacts_of_deals
from customers.deal_contacts import lists as deal_contacts
from customers.deals.excel import DealImport
from customers.deals.kind import DEAL
from customers.demo import PARTS
from customers.employments import lists as employments
from customers.events import EVENTS
from customers.existing_companies import find_companies
from customers.linked_records import LINKS
from customers.models import Deal
from customers.permissions import CONSENT, RESOURCES, ROWS
from customers.requests import reasons as request_reasons
from customers.requests.excel import RequestImport
from customers.requests.kind import REQUEST
from leads.kind import LEAD
from product.contribution import Contribution, Navigation

# Leads and contacts are persons who can consent.
OF_PERSONS = (LEAD, CONTACT)

CONVERSION_PAGE = SettingsPage(
    _("Conversion"),
    "conversion:rules",
    "customers.change_conversionrules",
    purpose=_(
        "These rules decide when a won lead becomes a company and a contact, whether a deal is added, and which custom fields are copied."
    ),
    other_names=_("convert leads, lead to customer, qualification, account creation, field mapping"),
    shown_on=ShownOn(_("Companies"), "companies:list", "customers.view_company"),
)
CONSENT_PAGE = SettingsPage(
    _("Consent"),
    "consents:purposes",
    CONSENT,
    purpose=_("What leads and contacts can agree to, and the texts that they read."),
    other_names=_("GDPR, opt-in, double opt-in, marketing permission, lawful basis"),
    shown_on=LEADS,
)

CONTRIBUTION = Contribution(
    verbs=("customers.consent.verbs", "customers.conversion.rules_verb", "customers.employments.verbs"),
    record_types=(COMPANY, CONTACT, DEAL, REQUEST),
    import_rules={
        "company": CompanyImport,
        "contact": ContactImport,
        "deal": DealImport,
        "request": RequestImport,
    },
    program_exports={
        "contact": connectors.CONTACTS,
        "company": connectors.COMPANIES,
        "deal": connectors.DEALS,
    },
    record_links=LINKS,
    record_parts={
        "deal": {contacts_of_deals.NAME: contacts_of_deals.CONTACTS},
        **{
            kind.name: {consents.NAME: consents.build_consent_part(kind.model._meta.db_table, kind.name)}
            for kind in OF_PERSONS
        },
    },
    list_filters={
        kind.name: {consent_filter.NAME: consent_filter.ConsentFilter(kind.name)} for kind in OF_PERSONS
    },
    bulk_actions={"lead": (CONVERT,)},
    reasons={**reasons.REASONS, **request_reasons.REASONS},
    counted_reasons=reasons.COUNTED,
    field_reasons=reasons.OF_A_FIELD,
    purge_followers=(clear_consents,),
    uses=(find_rules_copying,),
    stored_amounts=(StoredAmounts(_("deals with an amount"), lambda: Deal.objects.exclude(value=None)),),
    token_resources=[*RESOURCES, purpose_api.RESOURCE],
    webhook_events=EVENTS,
    permission_rows=ROWS,
    navigation=Navigation(
        rule_settings=[CONVERSION_PAGE],
        security_settings=[CONSENT_PAGE],
        new_settings=[SettingsPage(_("New purpose of consent"), "consents:purpose_new", CONSENT)],
    ),
    lead_cards=(build_consent_card,),
    won_lead_followers=(AutomaticConversion(),),
    company_finders=(find_companies,),
    company_converters=(convert_lead_into_company,),
    company_lists=(employments.build_company_list,),
    contact_cards=(build_consent_card,),
    contact_lists=(deal_contacts.build_contact_list, employments.build_contact_list),
    deal_lists=(deal_contacts.build_deal_list,),
    demo_parts=PARTS,
)
