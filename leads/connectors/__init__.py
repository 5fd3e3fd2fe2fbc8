"""The exports of leads from widespread programs: what identifies each, and which field each of its columns means. Also their
exports of activities, whatever records these belong to.
"""

from leads.connectors.activities import ACTIVITIES
from leads.connectors.crm_connect import CRM_CONNECT_API, CRM_CONNECT_TABLE
from leads.connectors.django_crm import DJANGO_CRM
from leads.connectors.espocrm import ESPOCRM_LABELS, ESPOCRM_NAMES, ESPOCRM_ROMANIAN
from leads.connectors.hubspot import HUBSPOT, HUBSPOT_VIEW
from leads.connectors.pipedrive import PIPEDRIVE_LEADS, PIPEDRIVE_PEOPLE
from leads.connectors.salesforce import SALESFORCE_OBJECTS, SALESFORCE_REPORT
from leads.connectors.twenty import TWENTY
from leads.connectors.zoho import ZOHO

__all__ = ["ACTIVITIES", "PROGRAMS"]

PROGRAMS = [
    HUBSPOT, HUBSPOT_VIEW, PIPEDRIVE_LEADS, PIPEDRIVE_PEOPLE, ZOHO, SALESFORCE_OBJECTS, SALESFORCE_REPORT, ESPOCRM_LABELS,
    ESPOCRM_NAMES, ESPOCRM_ROMANIAN, TWENTY, DJANGO_CRM, CRM_CONNECT_API, CRM_CONNECT_TABLE,
]  # fmt: skip
