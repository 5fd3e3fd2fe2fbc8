"""The rule for a deal: when company and person behind a request are known well enough."""

from types import SimpleNamespace

import pytest

from customers.requests.deal_requirements import is_sufficient_for_deal

FACTS = ("company_id", "contact_id", "company_name", "sender_name", "website", "email", "phone")
# Each of these is enough, and so is anything that includes one of them.
ENOUGH = [
    {"company_id", "contact_id"},
    {"company_id", "sender_name", "email"},
    {"company_id", "sender_name", "phone"},
    {"contact_id", "company_name", "website"},
    {"contact_id", "company_name", "email"},
    {"contact_id", "company_name", "phone"},
    {"company_name", "sender_name", "email"},
    {"company_name", "sender_name", "phone"},
]


@pytest.mark.parametrize("chosen", range(2 ** len(FACTS)))
def test_every_combination_of_what_is_known_is_sufficient_or_not(chosen):
    known = {name for place, name in enumerate(FACTS) if chosen >> place & 1}
    facts = SimpleNamespace(**{name: "x" if name in known else "" for name in FACTS})
    assert is_sufficient_for_deal(facts) == any(enough <= known for enough in ENOUGH), known


def test_a_request_has_what_the_rule_asks_for(inquiry, make_request, ana):
    assert is_sufficient_for_deal(inquiry)
    assert not is_sufficient_for_deal(make_request("Offer", company_name="Omnia", email="ana@omnia.example"))
    assert is_sufficient_for_deal(
        make_request("Offer", company_name="Omnia", website="omnia.example", contact=ana)
    )
