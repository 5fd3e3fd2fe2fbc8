"""The open deals and requests of a company on the agenda of a meeting with it."""

from decimal import Decimal

from crm.records.kinds.kind_registry import KINDS
from crm.work.activities.agenda import build_agenda


def test_open_deals_are_on_it_with_their_amounts_for_those_who_see_them(
    make_company, make_deal, make_request, ada, carla, statuses
):
    company = make_company("Acme")
    make_deal("Pumps", company=company, value=Decimal(12000), currency="EUR")
    make_deal("Old pumps", company=company, value=Decimal(5), status=statuses.deal_won)
    make_request("Delivery time?", company=company)
    make_request("Answered long ago", company=company, state="done")
    found = build_agenda(KINDS["company"], company, ada)
    assert "Deals:\n- Pumps, 12,000\u00a0EUR, Qualification" in found
    assert "- Delivery time?" in found
    assert "Old pumps" not in found
    assert "Answered long ago" not in found
    assert "Pumps" not in build_agenda(KINDS["company"], company, carla)
