"""Which category a status of another program suggests, in the spellings of its pages and of its files."""

import pytest

from customers.deals.excel import DealImport
from leads.imports.lead_import import LeadImport
from leads.imports.pipeline_import import find_category

LEADS = {
    "In progress": "contacted",
    "IN_PROGRESS": "contacted",
    "in-progress": "contacted",
    "inProgress": "contacted",
    "OPEN_DEAL": "qualified",
    "ATTEMPTED_TO_CONTACT": "contacted",
    "CONNECTED": "contacted",
    "UNQUALIFIED": "disqualified",
    "BAD_TIMING": "disqualified",
    "OPEN": "new",
    "Open - Not Contacted": "new",
    "IN_PROCESS": "contacted",
    "JUNK": "disqualified",
    "CONVERTED": "won",
    "Neu": "new",
    "Nouveau": "new",
    "In Bearbeitung": "contacted",
    "În curs": "contacted",
    "Verloren": "lost",
    "Expo": None,
    "": None,
}
DEALS = {
    "appointmentscheduled": "qualified",
    "Appointment Scheduled": "qualified",
    "decisionmakerboughtin": "proposal",
    "closedwon": "won",
    "closedlost": "lost",
    "WON": "won",
    "C6:WON": "won",
    "C12:LOSE": "lost",
    "C6:PREPARATION": "qualified",
    "DT128_6:WON": "won",
    "C6:UC_ABC": None,
    "Closed Won": "won",
    "CLOSED_WON": "won",
}


@pytest.mark.parametrize(("word", "category"), LEADS.items(), ids=LEADS)
def test_a_status_of_leads_suggests(word, category):
    assert find_category(word, LeadImport.categories) == category


@pytest.mark.parametrize(("word", "category"), DEALS.items(), ids=DEALS)
def test_a_stage_of_deals_suggests(word, category):
    assert find_category(word, DealImport.categories) == category
