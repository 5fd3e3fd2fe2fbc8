"""Which recipients of a mailing have empty merge fields, and who of them is skipped."""

from typing import Any, NamedTuple

import pytest
from django.db import connection
from django.http import QueryDict
from django.urls import reverse

from crm.records.history.verb_execution import operation
from mailings.audience.audience import build_judged_sql, write_recipients
from mailings.audience.recipient_counts import count_recipients, preview_recipient_counts
from mailings.audience.recipient_lines import RecipientFilter, get_next_recipients
from mailings.content.content_checks import get_content_warnings
from mailings.models import Delivery, Mailing
from tests.mailings.conftest import make_mailing

__all__ = ["make_mailing"]
pytestmark = pytest.mark.django_db

NO_VALUE = "no_value"


class Case(NamedTuple):
    """A mailing with this text to a lead with these values: whether a merge field is empty, and why it is skipped if
    such recipients are."""

    text: str
    values: dict[str, Any] = {}
    lacking: bool = True
    reason: str = NO_VALUE
    subject: str = "Prices"


CASES = {
    "the company is empty": Case("Dear {first_name} of {company},"),
    "the company is known": Case("Dear {first_name} of {company},", {"company": "Omnia"}, False, ""),
    "the first name is empty": Case("Dear {first_name},", {"first_name": "", "last_name": "Albu"}),
    "a field with a fallback": Case("Dear {company|customer},", lacking=False, reason=""),
    "a field with an empty fallback": Case("Dear {company|},"),
    "once with a fallback and once without": Case("Dear {company|customer}, {company}"),
    "no owner": Case("Yours, {owner}"),
    "the sender's name is never empty": Case("Yours, {me}", lacking=False, reason=""),
    "in the subject": Case("Hello", subject="Prices for {company}"),
    "no merge field": Case("Hello", lacking=False, reason=""),
    "an unknown merge field is another problem": Case("{nothing}", lacking=False, reason=""),
    "without an address, that is the reason": Case("Dear {company},", {"email": ""}, True, "no_email"),
    "who is disqualified is disqualified": Case("Dear {company},", {"status": "disqualified"}, True, "disqualified"),
}  # fmt: skip


def verdict_of(mailing) -> tuple[str, bool]:
    sql, parameters = build_judged_sql(mailing)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} SELECT reason, lacking FROM recipients", parameters)
        return cursor.fetchone()


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_who_has_empty_merge_fields_and_who_is_skipped(case, make_lead, make_mailing, ann):
    values = {"first_name": "Ana", "email": "ana@a.example", "company": "", "owner": None} | case.values
    lead = make_lead("", **values)
    mailing = make_mailing([lead], by=ann, text=case.text, subject=case.subject)
    reason, lacking = verdict_of(mailing)
    assert lacking is case.lacking
    assert reason == ("" if case.reason == NO_VALUE else case.reason)
    mailing.skips_gaps = True
    assert verdict_of(mailing)[0] == case.reason


@pytest.fixture
def gappy(make_lead, make_mailing, ann):
    """To two leads without a company and one with; the first two share an address."""
    leads = [
        make_lead("Ana Albu", email="ana@a.example", company=""),
        make_lead("Bea Bota", email="ana@a.example", company="Omnia"),
        make_lead("Dan Dima", email="dan@a.example", company=""),
    ]
    return make_mailing(leads, by=ann, text="Dear {first_name} of {company},")


def test_of_two_records_with_one_address_the_one_with_all_values_gets_it(gappy):
    with operation("test", by=None):
        Mailing.objects.filter(pk=gappy.pk).update(skips_gaps=True)
    gappy.refresh_from_db()
    write_recipients(gappy)
    rows = Delivery.objects.of_mailing(gappy).order_by("record").values_list("state", "reason")
    assert list(rows) == [("left_out", NO_VALUE), ("waiting", ""), ("left_out", NO_VALUE)]


def test_a_custom_field_that_the_sender_sees_counts(make_lead, make_mailing, make_field, ann):
    field = make_field("Size")
    empty = make_lead("Ana Albu", email="ana@a.example")
    mailing = make_mailing([empty], by=ann, text=f"Your size is {{{field.name}}}.")
    assert verdict_of(mailing) == ("", True)


def test_the_page_that_sends_repeats_the_warnings_and_leaves_recipients_out(gappy, sign_in, ann):
    browser, address = sign_in(ann), reverse("mailings:send", args=[gappy.pk])
    page = browser.get(address).text
    for warning in get_content_warnings(gappy, ann):
        assert warning in page
    assert "have no value for “company”" in page
    assert "View 2 recipients with empty merge fields" in page
    which = RecipientFilter.from_query(QueryDict("lacking=1"))
    assert [row.address for row in get_next_recipients(gappy, which, 0, 9)] == [
        "ana@a.example",
        "dan@a.example",
    ]
    shown = browser.get(f"{reverse('mailings:recipients', args=[gappy.pk])}?lacking=1").text
    assert "Dan Dima" in shown
    assert shown.count('<td data-label="Empty merge fields">company</td>') == 2
    assert "Bea Bota" not in shown
    after = browser.post(address, {"leave_out": "1"})
    assert after["Location"] == address
    page = browser.get(address).text
    assert "no value for “company”" not in page
    assert "Send to 1 recipient" in page
    gappy.refresh_from_db()
    assert (preview_recipient_counts(gappy).receiving_count, preview_recipient_counts(gappy).lacking) == (
        1,
        0,
    )


@pytest.mark.parametrize("page", ["send", "mailing"])
def test_what_keeps_a_mailing_from_being_sent_is_said_once(page, gappy, sign_in, ann):
    with operation("test", by=None):
        Mailing.objects.filter(pk=gappy.pk).update(text="Dear {city}, from {company}")
    text = sign_in(ann).get(reverse(f"mailings:{page}", args=[gappy.pk])).text
    assert text.count("There is no merge field {city}.") == 1
    assert text.count("have no value for “company”") == 1


def test_recipients_that_were_written_are_not_called_empty(gappy):
    write_recipients(gappy)
    assert count_recipients(gappy).lacking == 0


def test_only_who_may_change_the_mailing_leaves_recipients_out(gappy, sign_in, someone_with):
    address = reverse("mailings:send", args=[gappy.pk])
    eve = someone_with("view_lead", "view_mailing", "send_mailing", "see_all")
    answer = sign_in(eve).post(address, {"leave_out": "1"})
    assert answer.status_code in (403, 404)
    gappy.refresh_from_db()
    assert not gappy.skips_gaps
