"""The exports of leads from widespread programs: what identifies each, and which field each of its columns means. Also their
exports of activities, whatever records these belong to.
"""

from leads.connectors.activity_export_formats import ACTIVITIES
from leads.connectors.address_books import ADDRESS_BOOKS
from leads.connectors.advertising import APOLLO, LINKEDIN, META
from leads.connectors.bitrix24 import BITRIX24
from leads.connectors.close import CLOSE
from leads.connectors.crm_connect import CRM_CONNECT_API, CRM_CONNECT_TABLE
from leads.connectors.django_crm import DJANGO_CRM
from leads.connectors.espocrm import ESPOCRM_LABELS, ESPOCRM_NAMES, ESPOCRM_ROMANIAN
from leads.connectors.freshsales import FRESHSALES
from leads.connectors.hubspot import HUBSPOT, HUBSPOT_NAMES, HUBSPOT_VIEW
from leads.connectors.newsletters_and_shops import AUDIENCES
from leads.connectors.odoo import ODOO_LABELS, ODOO_NAMES
from leads.connectors.pipedrive import PIPEDRIVE_LEADS, PIPEDRIVE_PEOPLE
from leads.connectors.salesforce import SALESFORCE_OBJECTS, SALESFORCE_REPORT
from leads.connectors.suitecrm import SUITECRM_LABELS, SUITECRM_NAMES
from leads.connectors.twenty import TWENTY
from leads.connectors.zoho import ZOHO

__all__ = ["ACTIVITIES", "PROGRAMS"]

PROGRAMS = [
    HUBSPOT, HUBSPOT_VIEW, HUBSPOT_NAMES, PIPEDRIVE_LEADS, PIPEDRIVE_PEOPLE, ZOHO, SALESFORCE_OBJECTS, SALESFORCE_REPORT,
    ESPOCRM_LABELS, ESPOCRM_NAMES, ESPOCRM_ROMANIAN, TWENTY, DJANGO_CRM, CRM_CONNECT_API, CRM_CONNECT_TABLE, BITRIX24,
    SUITECRM_LABELS, SUITECRM_NAMES, ODOO_LABELS, ODOO_NAMES, FRESHSALES, CLOSE, *ADDRESS_BOOKS, META, LINKEDIN, APOLLO,
    *AUDIENCES,
]  # fmt: skip
