"""Companies, contacts, deals and requests: customers, prospective customers, and what they ask for."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "customers"
    verbose_name = _("Customers")

    def ready(self) -> None:
        from accounts import navigation
        from accounts.roles import initial_data as roles
        from accounts.roles import permissions
        from crm.api import token_scopes
        from crm.api.v2 import record_parts
        from crm.api.webhooks import delivery_log
        from crm.platform.server import demo
        from crm.records.history.verbs.delete import ALSO_PURGED
        from crm.records.kinds import kind_registry, linked_records, uses
        from crm.transfer.imports.check import rules_by_kind as import_rules
        from crm.transfer.imports.columns import program_exports
        from customers import (
            connectors,
            reasons,  # noqa: F401 - adds its sentences
        )
        from customers.companies.excel import CompanyImport
        from customers.companies.kind import COMPANY
        from customers.consent import api as consents
        from customers.consent import consent_erasure, list_filter, page_card
        from customers.consent import verbs as of_consent  # noqa: F401 - registers them
        from customers.contacts.excel import ContactImport
        from customers.contacts.kind import CONTACT
        from customers.conversion import rules_verb  # noqa: F401
        from customers.conversion.actions import CONVERT
        from customers.conversion.company_linking import convert_into
        from customers.conversion.uses import rules_copying
        from customers.conversion.won_leads import Automatic
        from customers.deal_contacts import api as contacts_of_deals
        from customers.deal_contacts import lists as of_deals  # noqa: F401 - adds them to the pages
        from customers.deals.excel import DealImport
        from customers.deals.kind import DEAL
        from customers.demo import PARTS
        from customers.employments import lists  # noqa: F401 - adds them to the pages
        from customers.events import EVENTS
        from customers.existing_companies import find_companies
        from customers.linked_records import LINKS
        from customers.permissions import CONSENT, RESOURCES, ROWS
        from customers.requests import reasons as of_requests  # noqa: F401
        from customers.requests.excel import RequestImport
        from customers.requests.kind import REQUEST
        from leads.actions import ACTIONS
        from leads.imports import company_links
        from leads.page.page_card import CARDS
        from leads.statuses import company_conversion, won_leads

        for kind in (COMPANY, CONTACT, DEAL, REQUEST):
            kind_registry.register_kind(kind)
            roles.RECORDS.append(("customers", kind.name))
        import_rules.register("company", CompanyImport)
        import_rules.register("contact", ContactImport)
        import_rules.register("deal", DealImport)
        import_rules.register("request", RequestImport)
        record_parts.add_part("deal", contacts_of_deals.NAME, contacts_of_deals.CONTACTS)
        program_exports.register_programs("contact", connectors.CONTACTS)
        program_exports.register_programs("company", connectors.COMPANIES)
        program_exports.register_programs("deal", connectors.DEALS)
        for table, links in LINKS.items():
            linked_records.LINKS.setdefault(table, []).extend(links)
        token_scopes.RESOURCES += RESOURCES
        delivery_log.EVENTS += EVENTS
        permissions.ROWS += ROWS
        demo.PARTS += PARTS
        won_leads.FOLLOWERS.append(Automatic())
        company_links.FINDERS.append(find_companies)
        uses.FINDERS.append(rules_copying)
        company_conversion.CONVERTERS.append(convert_into)
        ACTIONS.insert(1, CONVERT)
        navigation.SALES.append(
            navigation.Tab(_("Conversion"), "conversion:rules", "customers.change_conversionrules")
        )
        CARDS.append(page_card.build_consent_card)
        ALSO_PURGED.append(consent_erasure.clear_consents)
        list_filter.register_consent_filter()
        consents.register_consent_part(kind_registry.KINDS[name] for name in ("lead", "contact"))
        navigation.ADDED.append(navigation.Tab(_("New purpose of consent"), "consents:purpose_new", CONSENT))
        navigation.SECURITY.append(navigation.Tab(_("Consent"), "consents:purposes", CONSENT))
