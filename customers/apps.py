"""Companies, contacts, deals and requests: customers, prospective customers, and what they ask for."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "customers"
    verbose_name = _("Customers")

    def ready(self) -> None:
        from accounts import navigation, permissions
        from accounts import shipped as roles
        from crm.api import rights, webhook_log
        from crm.api.v2 import parts
        from crm.imports import programs
        from crm.imports import rules_by_kind as import_rules
        from crm.records import kinds, linked, uses
        from crm.records.verbs.delete import ALSO_PURGED
        from crm.server import demo
        from customers import (
            connectors,
            reasons,  # noqa: F401 - adds its sentences
        )
        from customers.companies.excel import CompanyImport
        from customers.companies.kind import COMPANY
        from customers.consent import api as consents
        from customers.consent import card, erasing, filter
        from customers.consent import verbs as of_consent  # noqa: F401 - registers them
        from customers.contacts.excel import ContactImport
        from customers.contacts.kind import CONTACT
        from customers.conversion import rules_change  # noqa: F401
        from customers.conversion.action import CONVERT
        from customers.conversion.linking import convert_into
        from customers.conversion.uses import rules_copying
        from customers.conversion.winning import Automatic
        from customers.deal_contacts import api as contacts_of_deals
        from customers.deal_contacts import lists as of_deals  # noqa: F401 - adds them to the pages
        from customers.deals.excel import DealImport
        from customers.deals.kind import DEAL
        from customers.demo import PARTS
        from customers.employments import lists  # noqa: F401 - adds them to the pages
        from customers.events import EVENTS
        from customers.known_companies import companies_of
        from customers.linked import LINKS
        from customers.requests import reasons as of_requests  # noqa: F401
        from customers.requests.excel import RequestImport
        from customers.requests.kind import REQUEST
        from customers.rights import CONSENT, RESOURCES, ROWS
        from leads import clients, company_links, winning
        from leads.actions import ACTIONS
        from leads.page_cards import CARDS

        for kind in (COMPANY, CONTACT, DEAL, REQUEST):
            kinds.register(kind)
            roles.RECORDS.append(("customers", kind.name))
        import_rules.register("company", CompanyImport)
        import_rules.register("contact", ContactImport)
        import_rules.register("deal", DealImport)
        import_rules.register("request", RequestImport)
        parts.add_part("deal", contacts_of_deals.NAME, contacts_of_deals.CONTACTS)
        programs.register("contact", connectors.CONTACTS)
        programs.register("company", connectors.COMPANIES)
        programs.register("deal", connectors.DEALS)
        for table, links in LINKS.items():
            linked.LINKS.setdefault(table, []).extend(links)
        rights.RESOURCES += RESOURCES
        webhook_log.EVENTS += EVENTS
        permissions.ROWS += ROWS
        demo.PARTS += PARTS
        winning.FOLLOWERS.append(Automatic())
        company_links.FINDERS.append(companies_of)
        uses.FINDERS.append(rules_copying)
        clients.CONVERTERS.append(convert_into)
        ACTIONS.insert(1, CONVERT)
        navigation.SALES.append(
            navigation.Tab(_("Conversion"), "conversion:rules", "customers.change_conversionrules")
        )
        CARDS.append(card.card_of)
        ALSO_PURGED.append(erasing.clear)
        filter.register()
        consents.register(kinds.KINDS[name] for name in ("lead", "contact"))
        navigation.ADDED.append(navigation.Tab(_("New purpose of consent"), "consents:purpose_new", CONSENT))
        navigation.SECURITY.append(navigation.Tab(_("Consent"), "consents:purposes", CONSENT))
