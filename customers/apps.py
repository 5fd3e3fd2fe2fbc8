"""Companies, contacts and deals: customers and prospective customers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "customers"
    verbose_name = _("Customers")

    def ready(self) -> None:
        from accounts import permissions
        from accounts import shipped as roles
        from crm.api import rights
        from crm.records import kinds, linked
        from crm.server import demo
        from customers.companies.kind import COMPANY
        from customers.contacts.kind import CONTACT
        from customers.deals.kind import DEAL
        from customers.demo import PARTS
        from customers.rights import RESOURCES, ROWS

        for kind in (COMPANY, CONTACT, DEAL):
            kinds.register(kind)
            roles.RECORDS.append(("customers", kind.name))
        for table in ("company", "contact"):
            linked.LINKS.setdefault(table, []).append(linked.Link("deal", table))
        linked.LINKS.setdefault("lead", []).append(linked.Link("deal", "lead", if_empty=False))
        rights.RESOURCES += RESOURCES
        permissions.ROWS += ROWS
        demo.PARTS += PARTS
