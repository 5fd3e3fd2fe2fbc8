"""The models of customers."""

from customers.models.company import Company, CompanySearch, CompanyValues
from customers.models.consent import Consent, ConsentPurpose, ConsentState, ConsentText
from customers.models.contact import Contact, ContactSearch, ContactValues
from customers.models.conversion_rules import ConversionRules
from customers.models.deal import Deal, DealSearch, DealValues
from customers.models.deal_contact import DealContact
from customers.models.employment import Employment
from customers.models.request import Request, RequestSearch, RequestValues

__all__ = [
    "Company",
    "CompanySearch",
    "CompanyValues",
    "Consent",
    "ConsentPurpose",
    "ConsentState",
    "ConsentText",
    "Contact",
    "ContactSearch",
    "ContactValues",
    "ConversionRules",
    "Deal",
    "DealContact",
    "DealSearch",
    "DealValues",
    "Employment",
    "Request",
    "RequestSearch",
    "RequestValues",
]
