"""Companies in API v2."""

from crm.api.v2.documentation.record_urls import build_record_urls
from customers.companies.kind import COMPANY

urlpatterns = [
    *build_record_urls(COMPANY),
]
