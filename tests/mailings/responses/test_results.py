"""What followed a mailing: its numbers, the lists behind them, timelines and progress."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.records.history.verb_execution import operation
from leads.models import Lead, Unsubscribe
from mailings.models import Delivery, MailingAccount
from mailings.responses.bounce_handling import suppress_address
from mailings.responses.mailing_results import get_results, get_results_in_list, get_skipped_counts
from mailings.sending.sending_progress import get_progress
from tests.reading import close_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(make_mailing, make_recipients):
    """A mailing to five leads: one replied, one clicked, one bounced, one unsubscribed, and one failed."""
    now = timezone.now()
    mailing = make_mailing(state="sent", sent_at=now - timedelta(hours=1), tracks_clicks=True)
    rows = make_recipients(mailing, 5)
    Delivery.objects.update(state="sent", at=now - timedelta(hours=1))
    with connection.cursor() as cursor:
        # They had their status before.
        cursor.execute("SELECT set_config('leadwell.machine', 'on', true)")
        Lead.objects.update(status_since=now - timedelta(hours=2))
        cursor.execute("SELECT set_config('leadwell.machine', '', true)")
    columns = ["replied_at", "clicked_at", "bounced_at", "unsubscribed_at"]
    for row, column in zip(rows, columns, strict=False):
        Delivery.objects.filter(pk=row.pk).update(**{column: now})
    Delivery.objects.filter(pk=rows[4].pk).update(state="failed", problem="refused 550 no")
    return mailing, rows


def test_the_results_count_what_followed(sent, statuses):
    mailing, rows = sent
    with operation("test", by=None):
        Lead.objects.filter(pk=rows[0].record).update(status=statuses.qualified)
    counts = {number.name: number.count for number in get_results(mailing)}
    assert counts == {
        "mailing": 4,
        "delivered": 3,
        "mailing_failed": 1,
        "mailing_bounced": 1,
        "mailing_complained": 0,
        "mailing_unsubscribed": 1,
        "mailing_replied": 1,
        "mailing_clicked": 1,
        "mailing_moved": 1,
    }


def test_each_number_leads_to_as_many_leads(sent, statuses, sign_in, ada):
    mailing, rows = sent
    with operation("test", by=None):
        Lead.objects.filter(pk=rows[0].record).update(status=statuses.qualified)
    browser = sign_in(ada)
    page = browser.get(f"/admin/mailings/{mailing.pk}/results")
    assert page.status_code == 200
    for number in get_results(mailing):
        listed = browser.get(number.url)
        names = [row.record for row in rows if f"/admin/leads/{row.record}" in listed.text]
        assert len(names) == number.count, number.name


def test_the_results_say_who_was_skipped_and_why(sent, make_recipients, sign_in, ada):
    mailing, _rows = sent
    rows = make_recipients(mailing, 3)
    for row, reason in zip(rows, ("unsubscribed", "no_email", "no_email"), strict=True):
        Delivery.objects.filter(pk=row.pk).update(state="left_out", reason=reason)
    lines = get_skipped_counts(mailing)
    assert [(str(line.label), line.count) for line in lines] == [("No email address", 2), ("Unsubscribed", 1)]
    browser = sign_in(ada)
    page = browser.get(f"/admin/mailings/{mailing.pk}/results").text
    assert "Skipped recipients" in page
    for line, found in zip(lines, (rows[1:], rows[:1]), strict=True):
        assert line.url.replace("&", "&amp;") in page
        listed = browser.get(line.url).text
        assert [row for row in rows if f"/admin/leads/{row.record}" in listed] == list(found)


def test_the_results_say_that_no_one_was_skipped(sent, sign_in, ada):
    mailing, _rows = sent
    assert get_skipped_counts(mailing) == []
    assert "No recipient was skipped." in sign_in(ada).get(f"/admin/mailings/{mailing.pk}/results").text


def test_a_small_share_of_the_emails_has_a_decimal(sent, make_recipients, sign_in, ada):
    mailing, _rows = sent
    make_recipients(mailing, 26)
    Delivery.objects.in_state("waiting").update(state="sent", at=timezone.now())
    assert {number.name: number.percent for number in get_results(mailing)}["mailing_replied"] == "3.3%"
    assert "3.3%" in sign_in(ada).get(f"/admin/mailings/{mailing.pk}/results").text


def test_leads_that_did_not_reply_are_found(sent, sign_in, ada):
    mailing, rows = sent
    page = (
        sign_in(ada)
        .get(f"/admin/leads?mailing={mailing.pk}&mailing_replied={mailing.pk}&mailing_replied_not=on")
        .text
    )
    assert "received mailing" in page
    found = [row for row in rows if f"/admin/leads/{row.record}" in page]
    assert found == rows[1:4]


FILTERS = [
    "newsletter=none",
    "newsletter=receiving",
    "newsletter=unsubscribed",
    "mailing={mailing}&mailing_replied={mailing}&mailing_replied_not=on",
    "mailing_moved={mailing}",
]


@pytest.mark.parametrize("query", FILTERS)
def test_filters_by_mailings_take_the_same_number_of_queries_for_many_leads(
    query, sent, make_lead, make_recipients, sign_in, ada
):
    mailing, _rows = sent
    browser, path = sign_in(ada), f"/admin/leads?{query.format(mailing=mailing.pk)}"

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert browser.get(path).status_code == 200
        return len(found)

    queries()
    few = queries()
    make_recipients(mailing, 20)
    Delivery.objects.in_state("waiting").update(state="sent", at=timezone.now() - timedelta(hours=1))
    Unsubscribe.objects.bulk_create(Unsubscribe(email_key=f"ana{n}@lead.example") for n in range(2_000))
    for number in range(20):
        make_lead(f"Ion {number}")
    assert queries() <= few


def test_the_results_take_the_same_number_of_queries_for_many_recipients(sent, make_recipients):
    mailing, _rows = sent
    with CaptureQueriesContext(connection) as few:
        get_results(mailing)
    make_recipients(mailing, 20)
    with CaptureQueriesContext(connection) as many:
        get_results(mailing)
    assert len(many) == len(few) == 3


def test_a_lead_whose_email_bounced_says_so_on_its_timeline_and_before_an_email(sent, sign_in, ada):
    _mailing, rows = sent
    Delivery.objects.filter(pk=rows[2].pk).update(problem="bounced 550 5.1.1 No such user")
    suppress_address(rows[2].pk, "bounced")
    browser = sign_in(ada)
    page = browser.get(f"/admin/leads/{rows[2].record}").text
    assert "The mailing wasn’t delivered" in page
    assert "550 5.1.1 No such user" in page
    words = "An earlier email to this address couldn’t be delivered, so it gets no mailings."
    assert words in browser.get(f"/admin/leads/{rows[2].record}/email").text
    assert words not in browser.get(f"/admin/leads/{rows[0].record}/email").text


def test_a_user_who_doesnt_see_mailings_cant_filter_by_them(sent, sign_in, bob):
    mailing, _rows = sent
    page = sign_in(bob).get(f"/admin/leads?mailing={mailing.pk}").text
    assert mailing.subject not in page


def test_the_timeline_says_which_mailings_a_lead_received_and_what_followed(sent, sign_in, ada):
    mailing, rows = sent
    browser = sign_in(ada)
    page = browser.get(f"/admin/leads/{rows[0].record}").text
    assert "Received the mailing" in page
    assert f'href="/admin/mailings/{mailing.pk}"' in page
    assert "Replied" in page
    failed = browser.get(f"/admin/leads/{rows[4].record}?show=email").text
    assert "The mailing wasn’t delivered" in failed
    assert "550 no" in failed
    assert "Received the mailing" not in browser.get(f"/admin/leads/{rows[0].record}?show=call").text


def test_older_mailings_are_on_the_next_page_of_the_timeline(make_mailing, make_recipients, sign_in, ada):
    first = make_mailing(subject="Mailing 0")
    (row,) = make_recipients(first)
    now = timezone.now()
    for number in range(1, 40):
        other = make_mailing(subject=f"Mailing {number}.")
        Delivery.objects.create(
            mailing=other,
            record=row.record,
            state="sent",
            at=now - timedelta(days=number),
            email_key=row.email_key,
        )
    browser = sign_in(ada)
    page = browser.get(f"/admin/leads/{row.record}?show=email")
    assert "Mailing 30." in page.text
    assert "Mailing 31." not in page.text
    older = browser.get(f"/admin/leads/{row.record}?show=email&before={page.context['older']}").text
    assert "Mailing 31." in older
    assert "Mailing 39." in older
    assert "Mailing 30." not in older


def test_progress_has_a_rate_and_the_time_that_is_left(make_mailing, make_recipients):
    now = timezone.now()
    mailing = make_mailing(state="sending", sent_at=now - timedelta(minutes=10), why="hour")
    rows = make_recipients(mailing, 10)
    Delivery.objects.filter(pk__in=[row.pk for row in rows[:5]]).update(
        state="sent", at=now - timedelta(minutes=1)
    )
    progress = get_progress(mailing, now)
    assert (progress.total, progress.done, progress.waiting, progress.percent) == (10, 5, 5, "50%")
    assert (progress.rate, progress.left) == (1, timedelta(minutes=5))
    assert progress.why.startswith("The mailing account has reached its hourly limit.")


def test_a_mailbox_becomes_a_mailing_account_and_says_what_its_domain_needs(make_mailbox, sign_in, ada):
    mailbox = make_mailbox()
    browser = sign_in(ada)
    address = f"/admin/mailings/accounts/{mailbox.pk}"
    page = browser.get(address).text
    assert "_dmarc.ours.example" in page
    values = {"most_an_hour": 10, "most_a_day": 20, "most_a_minute_to_domain": 5, "for_vip": "on"}
    assert browser.post(address, values | {"most_an_hour": 30}).status_code == 422
    assert browser.post(address, values).status_code == 302
    account = MailingAccount.objects.get()
    assert (account.mailbox, account.most_an_hour, account.for_vip) == (mailbox, 10, True)
    assert "Only to VIP leads" in browser.get("/admin/mailings/accounts").text
    browser.post(f"{address}/remove")
    assert not MailingAccount.objects.exists()


def test_a_lead_that_is_deleted_permanently_leaves_no_address_in_its_mailings(sent, ada):
    from crm.records.history.verb_execution import carry_out
    from crm.records.history.verbs.delete import Purge

    mailing, rows = sent
    with operation("test", by=None):
        Lead.objects.filter(pk=rows[0].record).update(deleted_at=timezone.now())
    carry_out(Purge(), Lead.objects.filter(pk=rows[0].record), by=ada)
    row = Delivery.objects.get(pk=rows[0].pk)
    assert (row.address, row.email_key, row.state) == ("", "", "sent")
    assert {number.name: number.count for number in get_results(mailing)}["mailing"] == 4


def test_the_list_of_mailings_has_the_numbers_of_their_results(sent, make_mailing, sign_in, ada):
    mailing, _rows = sent
    draft = make_mailing(state="draft", tracks_opens=True)
    labels, lines = get_results_in_list([draft, mailing])
    assert [str(label) for label in labels] == ["Replied", "Opened", "Clicked", "Unsubscribed"]
    assert lines[0] == [None] * 4
    of_page = {number.name: number for number in get_results(mailing)}
    # Opens weren't recorded, and the page doesn't have them either.
    assert [number and of_page[number.name] for number in lines[1]] == lines[1]
    assert [number and number.count for number in lines[1]] == [1, None, 1, 1]
    page = close_up(sign_in(ada).get("/admin/mailings").text)
    for number in filter(None, lines[1]):
        assert (
            f'{number.label}" data-align="end"><span><a class="link" href="{number.url}">1</a>'
            in page.replace("&amp;", "&")
        )


def test_the_list_of_mailings_has_no_columns_for_what_none_of_them_records(make_mailing):
    labels, lines = get_results_in_list([make_mailing(tracks_opens=False, tracks_clicks=False)])
    assert [str(label) for label in labels] == ["Replied", "Unsubscribed"]
    assert lines == [[None, None]]


def test_the_results_in_the_list_take_two_queries_however_many_mailings_there_are(
    sent, make_mailing, django_assert_num_queries
):
    mailings = [sent[0], *(make_mailing(subject=f"Letter {number}") for number in range(20))]
    with django_assert_num_queries(2):
        get_results_in_list(mailings)
