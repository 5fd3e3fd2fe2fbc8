"""Mailings that Leadwell paused, in the health of the start page."""

import pytest

from crm.platform.web.start_page.health import get_problems_and_notes
from crm.records.history.verb_execution import operation
from mailings.models import Mailing


@pytest.fixture
def mailing(ann):
    """mailing("paused", "inside") is one of Ann's in this state and for this reason."""

    def made(state: str, why: str) -> Mailing:
        with operation("test", by=None):
            return Mailing.objects.create(subject="Autumn", state=state, why=why, by=ann, ids=[])

    return made


def about_mailings() -> list[tuple[str, str]]:
    return [(line.text, line.path) for line in get_problems_and_notes()[0] if "Autumn" in line.text]


def test_a_mailing_that_leadwell_paused_is_named_with_its_reason_and_its_page(mailing):
    row = mailing("paused", "bounces 12")
    words = "Mailing “Autumn”: Paused, because 12% of the emails couldn’t be delivered."
    assert about_mailings() == [(words, row.get_absolute_url())]


def test_a_mailing_that_waits_for_its_mail_server_is_named(mailing):
    mailing("sending", "unreachable refused")
    assert len(about_mailings()) == 1


@pytest.mark.parametrize(
    ("state", "why"), [("paused", "user"), ("sending", "hour"), ("sending", ""), ("sent", "inside")]
)
def test_what_a_user_or_a_limit_decides_is_no_problem(mailing, state, why):
    mailing(state, why)
    assert about_mailings() == []
