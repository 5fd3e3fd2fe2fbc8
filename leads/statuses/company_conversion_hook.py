"""Converting a lead into a company that a program names: customers does it (customers/conversion/company_linking.py)."""

from collections.abc import Callable
from typing import Any

from accounts.models import User
from leads.models import Lead

# A lead, the id of the company and the user: the reason code of what prevents it, or ''.
CONVERTERS: list[Callable[[Lead, int, Any], str]] = []
UNKNOWN = "unknown_client"


def convert_lead_into_company(lead: Lead, company: int, by: User) -> str:
    return next((reason for convert in CONVERTERS if (reason := convert(lead, company, by))), "")
