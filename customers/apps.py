"""Companies, contacts and requests: customers, prospective customers, and what they ask for."""

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
        from customers.companies.kind import COMPANY
        from customers.contacts.kind import CONTACT
        from customers.demo import PARTS
        from customers.events import EVENTS
        from customers.requests import reasons  # noqa: F401 - registers itself
        from customers.requests.kind import REQUEST
        from customers.rights import RESOURCES, ROWS

        for kind in (COMPANY, CONTACT, REQUEST):
            kinds.register(kind)
            roles.RECORDS.append(("customers", kind.name))
        rights.RESOURCES += RESOURCES
        permissions.ROWS += ROWS
        webhook_log.EVENTS += EVENTS
        demo.PARTS += PARTS
