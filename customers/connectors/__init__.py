"""The exports of contacts, companies and deals from widespread programs: what identifies each, and which field each of its
columns means. leads/connectors/ has the sources of the headers.
"""

from customers.connectors.company_export_formats import COMPANIES
from customers.connectors.contact_export_formats import CONTACTS
from customers.connectors.deal_export_formats import DEALS

__all__ = ["COMPANIES", "CONTACTS", "DEALS"]
