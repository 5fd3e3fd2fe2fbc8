"""The exports of contacts, companies and deals from widespread programs: what identifies each, and which field each of its
columns means. leads/connectors/ has the sources of the headers.
"""

from customers.connectors.company_exports import COMPANIES
from customers.connectors.contact_exports import CONTACTS
from customers.connectors.deal_exports import DEALS

__all__ = ["COMPANIES", "CONTACTS", "DEALS"]
