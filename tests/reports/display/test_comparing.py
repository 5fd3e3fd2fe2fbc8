"""What a page of a report says about its comparison is what it does."""

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

TOP = "Previous period, totals only"


def chosen(page) -> str:
    controls = page.context["controls"]
    assert f'<option value="{controls["chosen_compared"]}" selected>' in page.content.decode()
    return str(dict(controls["compared"])[controls["chosen_compared"]])


def is_compared(page) -> tuple[bool, bool]:
    """The numbers at the top, and the tables."""
    return bool(page.context["figures"].compared), bool(page.context["panels"][0].answer.before)


@pytest.mark.parametrize(
    ("query", "said", "done"),
    [
        ("", TOP, (True, False)),
        ("?compare=top", TOP, (True, False)),
        ("?compare=none", "None", (False, False)),
        ("?compare=", "None", (False, False)),
        ("?compare=before", "Previous period", (True, True)),
        ("?compare=year", "Same period last year", (True, True)),
    ],
)
def test_the_control_says_with_what_a_page_compares(make_lead, sign_in, ada, query, said, done):
    make_lead()
    page = sign_in(ada).get(f"/admin/reports/conversion{query}")
    assert (chosen(page), is_compared(page)) == (said, done)


def test_pages_without_numbers_at_the_top_compare_nothing_unless_asked(make_lead, sign_in, ada):
    browser = sign_in(ada)
    for address in ("/admin/reports/people", "/admin/reports/new"):
        page = browser.get(address)
        assert chosen(page) == "None"
        assert TOP not in page.content.decode()
        # A tab of another report may have brought it along.
        page = browser.get(f"{address}?compare=top")
        assert page.status_code == 200
        assert TOP not in page.content.decode()


def test_a_comparison_that_is_switched_off_stays_so_on_other_reports(make_lead, sign_in, ada):
    page = sign_in(ada).get("/admin/reports/conversion?compare=none").content.decode()
    assert "/admin/reports/funnel?period=last90&amp;compare=none" in page


def test_an_unknown_comparison_is_a_sentence(sign_in, ada):
    page = sign_in(ada).get("/admin/reports/conversion?compare=moon")
    assert page.status_code == 422
    assert "This choice isn’t available: moon" in page.content.decode()


@pytest.fixture
def two_months(make_lead, monkeypatch):
    """On 26 November: two leads of this month, and of October one on the 26th and one on the 27th."""
    monkeypatch.setattr(timezone, "localdate", lambda *_: date(2026, 11, 26))
    for month, day in ((11, 2), (11, 26), (10, 26), (10, 27)):
        make_lead(created_at=datetime(2026, month, day, 12, tzinfo=UTC))


@pytest.mark.parametrize(
    "address",
    [
        "/admin/reports/conversion?period=this_month",
        "/admin/reports/people?period=this_month&compare=before&measure=leads",
        "/admin/reports/new?period=this_month&compare=before&measure=leads&by=source",
    ],
)
def test_a_page_says_which_days_its_arrows_compare_with(two_months, sign_in, ada, address):
    text = sign_in(ada).get(address).content.decode()
    assert text.count("The arrows compare with 1 October 2026 to 26 October 2026.") == 1
    # One lead of October, not two.
    assert "100.0%" in text


def test_a_page_without_arrows_names_no_other_days(two_months, sign_in, ada):
    text = sign_in(ada).get("/admin/reports/new?period=this_month&measure=leads").content.decode()
    assert "The arrows compare" not in text


def test_today_is_compared_with_a_whole_day_only_if_the_url_says_so(two_months, make_lead, sign_in, ada):
    make_lead(created_at=datetime(2026, 11, 25, 12, tzinfo=UTC))
    browser, path = sign_in(ada), "/admin/reports/conversion?period=today"
    usual = browser.get(path).text
    assert "The arrows compare" not in usual
    assert "Today isn’t over, so its totals aren’t compared with a whole day." in usual
    chosen = browser.get(f"{path}&compare=before").text
    assert "The arrows compare with 25 November 2026." in chosen
    assert "Today isn’t over" not in chosen
    assert "Today isn’t over" not in browser.get("/admin/reports/conversion?period=yesterday").text
