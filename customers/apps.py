"""Companies: customers and prospective customers."""

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
        from customers.demo import PART
        from customers.companies.kind import COMPANY
        from customers.rights import COMPANIES, COMPANY_ROW

        kinds.register(COMPANY)
        rights.RESOURCES.append(COMPANIES)
        permissions.ROWS.append(COMPANY_ROW)
        roles.RECORDS.append(("customers", "company"))
        demo.PARTS.append(PART)
