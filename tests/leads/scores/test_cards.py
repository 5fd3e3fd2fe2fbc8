"""Where a lead is a card: on the board and in the queue, its score is beside its status or its other values."""

import pytest

from tests.leads.queue.queueing import PAGE
from tests.leads.scores.scoring import make_score_rule

pytestmark = pytest.mark.django_db

BOARD = "/admin/leads/board?all=1"


def test_a_card_of_the_board_has_the_score(sign_in, ada, make_lead):
    make_score_rule(20, "country=RO")
    make_score_rule(-5, "country=CZ")
    for country in ("RO", "CZ", "DE"):
        make_lead(f"Lead {country}", country=country)
    page = sign_in(ada).get(BOARD).text
    assert page.count(">Score 20<") == page.count(">Score −5<") == 1
    assert page.count(">Score ") == 2


def test_without_rules_no_card_has_a_score(sign_in, ada, make_lead):
    make_lead("Ana Albu")
    assert ">Score " not in sign_in(ada).get(BOARD).text


def test_the_lead_of_the_queue_has_its_score_beside_its_status(sign_in, bob, make_lead):
    make_score_rule(20, "country=RO")
    make_lead("Ana Albu", country="RO", owner=bob)
    page = " ".join(sign_in(bob).get(PAGE).text.split())
    assert '<span class="chip">Score 20</span>' in page
