"""What a company's page shows in addition to its fields and the records that are linked to it."""

from typing import Any

from accounts.models import User
from customers.embedded_lists import COMPANY_LISTS, build_page_lists
from customers.models import Company


def get_page_context(company: Company, user: User) -> dict[str, Any]:
    return {"lists": build_page_lists(COMPANY_LISTS, company, user)}
