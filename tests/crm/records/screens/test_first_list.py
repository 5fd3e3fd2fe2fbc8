"""The list that opens first, its tabs with counts, and the message after a change in a row."""

import json
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from crm.models import SavedView
from crm.records.history.verb_execution import carry_out
from leads import verbs
from leads.models import Lead
from tests.reading import close_up


@pytest.fixture
def own_leads(bob, ben, make_lead, statuses):
    today = timezone.localdate()
    make_lead("Ana Late", owner=bob, next_action="Call", next_action_on=today - timedelta(days=2))
    make_lead("Ion Soon", owner=bob, next_action="Call", next_action_on=today + timedelta(days=2))
    make_lead("Eva Done", owner=bob, status=statuses.won)
    make_lead("Dan Other", owner=ben)


def names_in(page: str) -> list[str]:
    return re.findall(r"<span class=lead><a href=[^>]*>([^<]*)</a>", page)


def test_a_sales_rep_starts_with_their_open_leads_by_next_action(bob, own_leads, sign_in):
    browser = sign_in(bob)
    first = browser.get("/admin/leads")
    assert first.status_code == 302
    assert names_in(browser.get(first["Location"]).text) == ["Ana Late", "Ion Soon"]


def test_a_department_manager_starts_with_all_leads(ann, own_leads, sign_in):
    assert len(names_in(sign_in(ann).get("/admin/leads").text)) == 4


def test_the_open_tab_is_marked_and_the_others_link_to_their_sets(bob, own_leads, sign_in):
    browser = sign_in(bob)
    page = close_up(browser.get(browser.get("/admin/leads")["Location"]).text)
    tabs = re.findall(r'<a href="([^"]*)"( aria-current="page")?>(My open leads|Overdue|All leads)', page)
    assert [bool(current) for _address, current, _name in tabs] == [True, False, False]
    overdue = browser.get(tabs[1][0].replace("&amp;", "&")).text
    assert names_in(overdue) == ["Ana Late"]


def test_the_count_includes_the_numbers_of_the_tabs(bob, own_leads, sign_in):
    answer = sign_in(bob).get(
        "/admin/leads/count?all=1", headers={"HX-Request": "true", "HX-Target": "count"}
    )
    assert re.search(r'id="tab-mine"[^>]*>2<', answer.text)
    assert re.search(r'id="tab-overdue"[^>]*>1<', answer.text)


def test_empty_form_parameters_are_removed_from_the_url(ann, sign_in):
    answer = sign_in(ann).get("/admin/leads?all=1&vip=&status=&q=Ana")
    assert answer["Location"] == "/admin/leads?all=1&q=Ana"


def test_a_number_in_the_search_opens_the_page_of_that_lead(ann, make_lead, sign_in):
    lead = make_lead()
    headers = {"HX-Request": "true", "HX-Target": "records"}
    answer = sign_in(ann).get(f"/admin/leads?q=%23{lead.pk}", headers=headers)
    assert answer["HX-Redirect"] == f"/admin/leads/{lead.pk}"
    assert answer.text == ""


def test_a_number_that_is_still_being_typed_is_shown_as_a_row(ann, make_lead, sign_in):
    """Otherwise "#3970" would open lead 39 on the way."""
    lead = make_lead("Ana One")
    headers = {"HX-Request": "true", "HX-Target": "records", "Typing": "1"}
    answer = sign_in(ann).get(f"/admin/leads?q=%23{lead.pk}", headers=headers)
    assert "HX-Redirect" not in answer
    assert names_in(answer.text) == ["Ana One"]


@pytest.mark.parametrize("address", ["/admin/leads", "/admin/leads/board"])
def test_an_unknown_number_stays_on_the_page(address, ann, sign_in):
    assert sign_in(ann).get(f"{address}?q=%23999999999").status_code == 200


def test_a_number_of_a_lead_out_of_sight_is_unknown(bob, ben, make_lead, sign_in):
    lead = make_lead("Dan Other", owner=ben)
    page = sign_in(bob).get(f"/admin/leads?q=%23{lead.pk}").text
    assert f"No lead #{lead.pk}" in page
    assert "Dan Other" not in page


def test_a_search_in_a_tab_keeps_the_tab_and_offers_the_others(bob, ben, make_lead, own_leads, sign_in):
    make_lead("Ute Brückner", owner=ben, shared=True)
    browser = sign_in(bob)
    mine = browser.get("/admin/leads")["Location"]
    page = close_up(browser.get(f"{mine}&q=Brückner").text)
    assert re.search(r'aria-current="page">My open leads', page)
    assert "No leads match “Brückner” in My open leads" in page
    said = re.search(r'0 in My open leads,\s*<a class="link" href="([^"]*)">\s*1 in all leads', page)
    assert names_in(browser.get(said[1].replace("&amp;", "&")).text) == ["Ute Brückner"]
    # The search is cleared, and the tab stays.
    cleared = re.search(r'data-kind="primary" href="([^"]*)">Clear search', page)[1]
    assert len(names_in(browser.get(cleared.replace("&amp;", "&")).text)) == 2


def test_the_count_of_a_search_in_a_tab_says_how_many_there_are_in_all(bob, ben, make_lead, sign_in):
    make_lead("Ana One", owner=bob)
    make_lead("Ana Two", owner=ben, shared=True)
    browser = sign_in(bob)
    mine = browser.get("/admin/leads")["Location"].partition("?")[2]
    assert "2 in all leads" in close_up(browser.get(f"/admin/leads/count?{mine}&q=ana").text)
    assert "in all leads" not in browser.get("/admin/leads/count?all=1&q=ana").text


def test_a_spelling_is_offered_in_a_saved_view_too(bob, own_leads, sign_in):
    view = SavedView.objects.create(owner=bob, table="lead", name="Warm ones", query="country=RO")
    page = close_up(sign_in(bob).get(f"/admin/leads?view={view.pk}&country=RO&q=Latte").text)
    assert "No leads match “Latte” in Warm ones" in page
    assert re.search(r'Did you mean\s*<a class="link" href="[^"]*\?all=1&amp;q=late">late</a>\?', page)


def test_a_search_without_results_repeats_the_search_words(ann, make_lead, sign_in):
    make_lead()
    page = sign_in(ann).get("/admin/leads?q=Xyzzy").text
    assert "No leads match “Xyzzy”" in page
    assert "Clear search" in page


def test_users_who_may_not_assign_get_no_assign_link(bob, ann, make_lead, sign_in):
    lead = make_lead("Ana One", owner=bob)
    link = f"/admin/leads/{lead.pk}/inline/owner"
    assert link not in sign_in(bob).get("/admin/leads?all=1").text
    assert link in sign_in(ann).get("/admin/leads?all=1").text


def test_a_change_in_a_row_shows_a_message_with_undo(ann, make_lead, statuses, sign_in):
    lead = make_lead("Ana One")
    browser = sign_in(ann)
    row = {
        "HX-Request": "true",
        "HX-Target": f"row-{lead.pk}",
        "HX-Current-URL": "http://testserver/admin/leads",
    }
    address = f"/admin/leads/{lead.pk}/inline/status"
    answer = browser.post(address, {"status": statuses.contacted.pk}, headers=row)
    assert answer["HX-Trigger"] == "records-changed, notices"
    said = browser.get("/notices", headers={"HX-Request": "true"}).text
    assert "Saved. Status of Ana One changed from New to Contacted." in said
    assert "/undo" in said


def test_a_status_that_requires_a_reason_asks_for_it_in_place(ann, make_lead, statuses, reasons, sign_in):
    lead = make_lead("Ana One")
    browser = sign_in(ann)
    address = f"/admin/leads/{lead.pk}/inline/status"
    menu = browser.get(address, headers={"HX-Request": "true", "HX-Target": "inline"}).text
    assert f"{address}?status={statuses.lost.pk}" in menu
    form = browser.get(f"{address}?status={statuses.lost.pk}").text
    assert 'name="reason"' in form
    browser.post(address, {"status": statuses.lost.pk, "reason": reasons.budget.pk, "remark": ""})
    lead.refresh_from_db()
    assert (lead.status, lead.lost_reason) == (statuses.lost, reasons.budget)


def test_a_next_action_has_a_date_and_offers_the_usual_ones(ann, make_lead, sign_in):
    lead = make_lead()
    browser = sign_in(ann)
    address = f"/admin/leads/{lead.pk}/inline/next_action"
    form = browser.get(address).text
    assert all(words in form for words in ("Today", "Tomorrow", "Next week"))
    assert "Choose a day for the next action." in browser.post(address, {"text": "Call", "day": ""}).text
    today = timezone.localdate()
    browser.post(address, {"text": "Call", "day": ["", today.isoformat()]})
    assert Lead.objects.get().next_action_on == today


def test_take_and_open_next_goes_through_the_unassigned_leads(bob, make_lead, sign_in):
    first, second = make_lead("Ana One"), make_lead("Ion Two")
    browser = sign_in(bob)
    data = {"next": "1", "list": "owner=none&sort=id"}
    answer = browser.post(f"/admin/leads/{first.pk}/take", data)
    assert answer["Location"].startswith(f"/admin/leads/{second.pk}?list=")
    answer = browser.post(f"/admin/leads/{second.pk}/take", data)
    assert answer["Location"] == "/admin/leads?owner=none&sort=id"


def test_the_palette_has_pages_commands_and_recent_records(ann, make_lead, sign_in):
    lead = make_lead("Ana One")
    browser = sign_in(ann)
    browser.get(f"/admin/leads/{lead.pk}")
    found = browser.get("/admin/jump", headers={"HX-Request": "true", "HX-Target": "palette-found"}).text
    assert "Ana One" in found
    assert "New lead" in found
    changes = browser.get("/admin/jump?q=chan").text
    assert "/admin/operations" in changes
    assert json.dumps("Ana One") not in browser.cookies["recent"].value


def test_recent_records_hide_leads_that_left_the_scope(ann, bob, ben, make_lead, sign_in):
    lead = make_lead("Ana One", owner=bob)
    browser = sign_in(bob)
    browser.get(f"/admin/leads/{lead.pk}")
    carry_out(verbs.Assign(ben, ann), Lead.objects.changeable_by(ann), by=ann)
    assert "Ana One" not in browser.get("/admin/jump").text


def test_the_form_of_a_new_lead_is_short_and_hides_the_rest(ann, sign_in):
    page = sign_in(ann).get("/admin/leads/new").text
    short, rest = page.split("More fields")
    assert 'name="phone"' in short
    assert 'name="website"' not in short
    assert 'name="website"' in rest


def test_changes_are_found_by_record_and_by_action(ann, make_lead, sign_in):
    make_lead("Ana One"), make_lead("Ion Two")
    for name in ("Ana", "Ion"):
        rows = Lead.objects.changeable_by(ann).filter(first_name=name)
        carry_out(verbs.Edit({"city": f"{name} city"}), rows, by=ann)
    browser = sign_in(ann)
    page = browser.get("/admin/operations?q=Ana").text
    assert "Ana city" in page
    assert "Ion city" not in page
    assert "No changes match" in browser.get("/admin/operations?kind=bin").text
    assert browser.get("/admin/operations?first=never").status_code == 400
