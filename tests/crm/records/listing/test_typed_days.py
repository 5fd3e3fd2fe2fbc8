"""Days in the forms of filters are typed as people write them: words become days, and what is none stays with its sentence."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

NO_DAY = "Enter a date like 25 Nov 2026."
REVERSED = "The period ends before it begins. Enter a later end."
# The form of one filter and the one with all of them.
FORMS = {
    "the form of one filter": ("/admin/leads/filter/created", {"query": "vip=yes&sort=company"}),
    "the form of all filters": ("/admin/leads/filter", {"vip": "yes", "sort": "company"}),
}


@pytest.fixture
def browser(sign_in, ann):
    return sign_in(ann)


def send(browser, form: str, **values):
    address, others = FORMS[form]
    sent = {"chosen": "1", "created": "between", "created_from": "", "created_to": ""}
    return browser.get(address, {**others, **sent, **values})


def query_of(answer) -> dict[str, str]:
    assert answer.status_code == 302, answer.text
    return {name: values[0] for name, values in parse_qs(urlsplit(answer["Location"]).query).items()}


@pytest.mark.parametrize("form", FORMS)
def test_a_word_for_a_day_is_the_day_that_it_means_when_it_is_typed(form, browser):
    answer = send(browser, form, created_from="azi", created_to="Today")
    today = timezone.localdate().isoformat()
    assert query_of(answer) == {
        "vip": "yes",
        "sort": "company",
        "created": "between",
        "created_from": today,
        "created_to": today,
    }
    assert urlsplit(answer["Location"]).path == "/admin/leads"
    assert browser.get(answer["Location"]).status_code == 200


@pytest.mark.parametrize("form", FORMS)
def test_what_is_no_day_stays_in_its_form_with_a_sentence(form, browser):
    page = send(browser, form, created_from="tomorrow", created_to="soon<")
    assert page.status_code == 200
    assert page.text.count(NO_DAY) == 1
    assert 'value="soon&lt;"' in page.text
    assert 'aria-describedby="id_created_to_error"' in page.text
    assert 'id="id_created_to_error"' in page.text
    assert "id_created_from_error" not in page.text
    assert 'value="yes"' in page.text or "vip=yes" in page.text


@pytest.mark.parametrize("form", FORMS)
def test_a_period_that_ends_before_it_begins_stays_in_its_form_with_a_sentence(form, browser):
    page = send(browser, form, created_from="2026-03-06", created_to="5.3.2026")
    assert page.status_code == 200
    assert page.text.count(REVERSED) == 1
    assert 'value="6 Mar 2026"' in page.text
    assert 'value="5 Mar 2026"' in page.text
    assert 'id="id_created_to_error"' in page.text
    assert "id_created_from_error" not in page.text


@pytest.mark.parametrize("form", FORMS)
def test_days_of_a_period_that_has_none_are_no_matter(form, browser):
    query = query_of(send(browser, form, created="today", created_to="soon"))
    assert (query["created"], "created_to" in query) == ("today", False)


@pytest.mark.parametrize("form", FORMS)
def test_days_that_are_typed_without_choosing_between_apply(form, browser):
    answer = send(browser, form, created="", created_from="5.3.2026")
    query = query_of(answer)
    assert (query["created"], query["created_from"], "created_to" in query) == ("between", "5.3.2026", False)
    assert "from 5 March 2026" in browser.get(answer["Location"]).text
    page = send(browser, form, created="", created_from="soon")
    assert (page.status_code, page.text.count(NO_DAY)) == (200, 1)
    assert '<option value="between" selected' in page.text


def test_a_period_that_was_between_days_is_removed_by_choosing_any(browser):
    days = "created=between&created_from=2026-03-05&created_to=2026-03-06"
    sent = {"chosen": "1", "created": "", "created_from": "2026-03-05", "created_to": "2026-03-06"}
    assert 'name="between" value="created"' in browser.get(f"/admin/leads/filter?vip=yes&{days}").text
    answers = [
        browser.get("/admin/leads/filter", {"vip": "yes", "between": "created", **sent}),
        browser.get("/admin/leads/filter/created", {"query": f"vip=yes&{days}", **sent}),
        browser.get("/admin/leads/filter/created", {"query": f"vip=yes&{days}", "was": days, **sent}),
    ]
    assert [query_of(answer) for answer in answers] == [{"vip": "yes"}] * 3


@pytest.mark.parametrize("page", ["leads", "leads/board", "contacts", "companies", "requests", "deals"])
@pytest.mark.parametrize("start", ["", "any."])
def test_days_in_a_link_without_their_period_apply(page, start, sign_in, ada):
    answer = sign_in(ada).get(f"/admin/{page}?{start}created_from=2026-03-05")
    assert answer.status_code == 200
    assert "from 5 March 2026" in answer.text
    assert sign_in(ada).get(f"/admin/{page}?{start}created_from=soon").status_code == 400


def test_days_in_a_link_find_the_same_as_with_their_period(browser, make_lead):
    make_lead("Old", created_at=datetime(2026, 3, 4, tzinfo=UTC))
    make_lead("New", created_at=datetime(2026, 3, 9, tzinfo=UTC))
    for query in (
        "created_from=2026-03-05",
        "any.created_from=2026-03-05",
        "created=between&created_from=2026-03-05",
    ):
        page = browser.get(f"/admin/leads?{query}").text
        assert ("Old" in page, "New" in page) == (False, True), query


@pytest.mark.parametrize("form", FORMS)
def test_the_form_leads_back_to_where_it_was_opened(form, browser):
    answer = send(browser, form, created="today", on="board", view="7")
    assert urlsplit(answer["Location"]).path == "/admin/leads/board"
    assert query_of(answer)["view"] == "7"
    page = send(browser, form, created_to="soon", on="board", view="7").text
    assert 'name="on" value="board"' in page
    assert 'name="view" value="7"' in page


def test_a_form_without_choices_leads_to_all_records(browser):
    assert browser.get("/admin/leads/filter?chosen=1&vip=")["Location"] == "/admin/leads?all=1"


def test_all_filters_of_a_rule_are_sent_back_to_the_rule(sign_in, ada):
    form = sign_in(ada).get("/admin/leads/filter?country=RO&view=3&on=rule_conditions").text
    assert all(
        f'name="{name}" value="{value}"' in form for name, value in (("view", 3), ("on", "rule_conditions"))
    )


@pytest.mark.parametrize("address", ["/admin/operations", "/admin/audit"])
def test_a_link_to_what_happened_means_the_same_days_tomorrow(address, sign_in, ada):
    browser, today = sign_in(ada), timezone.localdate().isoformat()
    answer = browser.get(f"{address}?first=yesterday&last=azi&q=x")
    assert query_of(answer) == {"first": str(timezone.localdate() - timedelta(1)), "last": today, "q": "x"}
    assert browser.get(answer["Location"]).status_code == 200
    refused = browser.get(f"{address}?first=soon")
    assert (refused.status_code, NO_DAY in refused.text, 'value="soon"' in refused.text) == (400, True, True)


@pytest.mark.parametrize("address", ["/admin/operations", "/admin/audit"])
def test_what_happened_in_a_period_that_ends_before_it_begins_is_refused_with_its_days(address, sign_in, ada):
    browser = sign_in(ada)
    page = browser.get(f"{address}?first=2026-03-06&last=2026-03-05&q=x")
    assert (page.status_code, page.text.count(f"Until: {REVERSED}")) == (400, 1)
    assert 'value="6 Mar 2026"' in page.text
    assert 'value="5 Mar 2026"' in page.text
    for days in ("first=2026-03-05&last=2026-03-05", "first=0001-01-01&last=9999-12-31"):
        assert browser.get(f"{address}?{days}").status_code == 200


def test_the_file_of_the_audit_log_is_refused_for_a_period_that_ends_before_it_begins(sign_in, ada):
    query = "first=2026-03-06&last=2026-03-05"
    answer = sign_in(ada).get(f"/admin/audit/file?{query}")
    assert (answer.status_code, answer["Location"]) == (302, f"/admin/audit?{query}")


def test_what_is_typed_while_a_list_of_changes_is_replaced_stays(sign_in, ada):
    sent = {"HX-Request": "true", "HX-Target": "changes"}
    answer = sign_in(ada).get("/admin/operations?first=today", headers=sent)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert answer["HX-Push-Url"] == f"/admin/operations?first={timezone.localdate()}"
