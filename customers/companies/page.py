"""What a company's page shows in addition to its fields and the records that are linked to it."""

from typing import Any

from customers.embedded_lists import COMPANY_LISTS, lists_of
from customers.models import Company


def page_of(company: Company, user: Any) -> dict[str, Any]:
    return {"lists": lists_of(COMPANY_LISTS, company, user)}
