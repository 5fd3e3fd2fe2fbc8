"""The exports of contacts, companies and deals from widespread programs: what identifies each, and which field each of its
columns means. leads/connectors/ has the sources of the headers.
"""

from customers.connectors.companies import COMPANIES
from customers.connectors.contacts import CONTACTS
from customers.connectors.deals import DEALS

__all__ = ["COMPANIES", "CONTACTS", "DEALS"]
