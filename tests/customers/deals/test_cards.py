"""What the cards of deals on their board leave out of those of leads."""

import pytest

from tests.leads.scores.scoring import make_score_rule

pytestmark = pytest.mark.django_db


def test_a_card_of_a_deal_has_no_score(sign_in, ada, make_lead, make_deal):
    make_score_rule(20, "country=RO")
    make_deal("Machine", lead=make_lead("Ana Albu", country="RO"))
    page = sign_in(ada).get("/admin/deals/board?all=1")
    assert page.status_code == 200
    assert "Machine" in page.text
    assert ">Score " not in page.text
