"""URLs of leads in API v2."""

from crm.api.v2.documentation.record_urls import build_record_urls
from leads.kind import LEAD
from leads.queue.api import urls as queue
from leads.settings.api import amounts, lists
from leads.stuck import api as stuck

urlpatterns = [
    *build_record_urls(LEAD),
    *amounts.urlpatterns,
    *lists.urlpatterns,
    *queue.urlpatterns,
    *stuck.urlpatterns,
]
