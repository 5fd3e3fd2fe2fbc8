"""The models of customers."""

from customers.models.company import Company, CompanySearch, CompanyValues
from customers.models.contact import Contact, ContactSearch, ContactValues
from customers.models.conversion_rules import ConversionRules
from customers.models.deal import Deal, DealSearch, DealValues
from customers.models.employment import Employment

__all__ = [
    "Company",
    "CompanySearch",
    "CompanyValues",
    "Contact",
    "ContactSearch",
    "ContactValues",
    "ConversionRules",
    "Deal",
    "DealSearch",
    "DealValues",
    "Employment",
]
