"""What followed mailings, as reports count it."""

import pytest

from crm.records.history.verb_execution import operation
from mailings.models import Delivery, Mailing
from tests.reports.conftest import utc

ALL = (
    "measure=mailings_sent&measure=mailings_delivered&measure=mailings_replied&measure=mailings_clicked"
    "&measure=mailings_unsubscribed&measure=mailings_moved_since"
)
MAY = "period=between&from=2026-05-01&to=2026-05-31"
YEAR_BEFORE = "period=between&from=2025-01-01&to=2025-12-31"
AT = utc("2026-05-05 10:00")


@pytest.fixture
def make_mailing(departments, ann):
    def make(subject: str, **values) -> Mailing:
        given = {"department": departments.sales, "by": ann, "sent_at": AT, "state": "sent"} | values
        with operation("test", by=None):
            return Mailing.objects.create(subject=subject, text="Hello", **given)

    return make


def send(mailing, record, **values):
    given = {"state": "sent", "at": AT} | values
    Delivery.objects.create(mailing=mailing, of=record.table, record=record.pk, **given)


@pytest.fixture
def mailed(make_mailing, make_lead, make_contact):
    """ "Prices" to three leads and a contact: one bounced, one replied and unsubscribed, one has a new status since, the contact
    clicked, and one was skipped. "News" doesn't record clicks and went to one lead."""
    leads = [make_lead(f"Jan {n}", status_since=utc("2026-05-01 10:00")) for n in range(5)]
    prices, news = make_mailing("Prices", tracks_clicks=True), make_mailing("News")
    send(prices, leads[0], bounced_at=AT)
    send(prices, leads[1], replied_at=AT, unsubscribed_at=AT)
    send(prices, leads[2])
    send(prices, make_contact(), clicked_at=AT)
    send(prices, leads[3], state="left_out", at=None)
    send(news, leads[4])
    return leads


def test_what_followed_is_counted_by_mailing(mailed, move, asked, numbers, statuses, ada):
    move(mailed[2], statuses.contacted, "2026-05-06 10:00")
    found = asked(f"{ALL}&{MAY}&by=mailing", ada)
    assert numbers(found) == {"Prices": (4, 3, 1, 1, 1, 1), "News": (1, 1, 0, None, 0, 0)}
    assert [found.total.get_value(measure) for measure in found.question.measures] == [5, 4, 1, 1, 1, 1]


def test_emails_count_in_the_period_in_which_they_were_sent(mailed, asked, ada):
    assert asked(f"measure=mailings_sent&{YEAR_BEFORE}", ada).total.get_count("mailings_sent") == 0


def test_the_leads_behind_a_number_are_those_among_the_recipients(mailed, asked, listed, ada):
    found = asked(f"{ALL}&{MAY}&by=mailing", ada)
    behind = {group.texts[0]: listed(found, group, "mailings_sent_leads", ada) for group in found.groups}
    assert behind == {"Prices": {lead.pk for lead in mailed[:3]}, "News": {mailed[4].pk}}
    prices = found.groups[0]
    assert listed(found, prices, "mailings_unsubscribed_leads", ada) == {mailed[1].pk}
    assert listed(found, prices, "mailings_delivered_leads", ada) == {mailed[1].pk, mailed[2].pk}


def test_mailings_of_another_department_do_not_count(mailed, asked, ann, carla):
    assert asked(f"measure=mailings_sent&{MAY}", ann).total.get_count("mailings_sent") == 5
    assert asked(f"measure=mailings_sent&{MAY}", carla).total.get_count("mailings_sent") == 0


def test_mailings_require_their_permission(mailed, manager_without, sign_in, ann):
    assert sign_in(ann).get("/admin/reports/mailings").status_code == 200
    assert manager_without("view_mailing").get("/admin/reports/mailings").status_code == 403


def test_filters_leave_the_emails_to_the_leads_that_they_find(mailed, asked, sources, ada):
    assert (
        asked(f"measure=mailings_sent&{MAY}&source={sources.website.pk}", ada).total.get_count(
            "mailings_sent"
        )
        == 4
    )
    assert (
        asked(f"measure=mailings_sent&{MAY}&source={sources.referral.pk}", ada).total.get_count(
            "mailings_sent"
        )
        == 0
    )
