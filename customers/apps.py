"""Companies, contacts, deals and requests: customers, prospective customers, and what they ask for."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "customers"
    verbose_name = _("Customers")
