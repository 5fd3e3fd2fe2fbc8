"""Companies and contacts: customers and prospective customers."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "customers"
    verbose_name = _("Customers")

    def ready(self) -> None:
        from accounts import permissions
        from accounts import shipped as roles
        from crm.api import rights, webhook_log
        from crm.records import kinds
        from crm.server import demo
        from customers import reasons  # noqa: F401 - adds its sentences
        from customers.companies.kind import COMPANY
        from customers.contacts.kind import CONTACT
        from customers.demo import PARTS
        from customers.employments import lists  # noqa: F401 - adds them to the pages
        from customers.events import EVENTS
        from customers.rights import RESOURCES, ROWS

        for kind in (COMPANY, CONTACT):
            kinds.register(kind)
            roles.RECORDS.append(("customers", kind.name))
        rights.RESOURCES += RESOURCES
        webhook_log.EVENTS += EVENTS
        permissions.ROWS += ROWS
        demo.PARTS += PARTS
