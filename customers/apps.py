"""Companies and contacts: customers and prospective customers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "customers"
    verbose_name = _("Customers")

    def ready(self) -> None:
        from accounts import permissions
        from accounts import shipped as roles
        from crm.api import rights
        from crm.records import kinds
        from crm.server import demo
        from customers.companies.kind import COMPANY
        from customers.contacts.kind import CONTACT
        from customers import reasons  # noqa: F401 - adds its sentences
        from customers.demo import PARTS
        from customers.rights import RESOURCES, ROWS

        for kind in (COMPANY, CONTACT):
            kinds.register(kind)
            roles.RECORDS.append(("customers", kind.name))
        rights.RESOURCES += RESOURCES
        permissions.ROWS += ROWS
        demo.PARTS += PARTS
