"""What is typed into a form is never lost, whichever way the page is left, and nothing is saved twice."""

import re
from itertools import product

import psycopg
import pytest
from playwright.sync_api import expect

from tests.browser.pages.every_page import ask
from tests.browser.records.typed_forms import FORMS, TEXT, Typed, path_of, type_into
from tests.browser.sign_in.test_signed_out import end_session, enter
from tests.examples import one_in

pytestmark = pytest.mark.hard

OWN = """SELECT l.id FROM leads_lead l JOIN leads_status s ON s.id = l.status_id JOIN accounts_user u ON u.id = l.owner_id
    WHERE u.email = 'rep@demo.example' AND s.kind = 'contacted' AND l.email <> '' AND l.deleted_at IS NULL
    ORDER BY l.id LIMIT 1"""
NOTES = f"SELECT count(*) FROM crm_activity WHERE text = '{TEXT}' AND deleted_at IS NULL"
WAYS = ["link", "back", "closed tab", "reload", "expired session"]


@pytest.fixture
def lead(leadwell):
    """Each test begins with the same fields, and without the drafts of others on the server."""
    lead = ask(leadwell, OWN)
    with psycopg.connect(**leadwell.server.get_connection_parameters(), autocommit=True) as connection:
        connection.execute("SELECT set_config('leadwell.machine', 'on', false)")
        connection.execute(f"UPDATE leads_lead SET title = 'Buyer', city = 'Sibiu' WHERE id = {lead}")
        connection.execute("DELETE FROM crm_emaildraft")
    return lead


@pytest.fixture
def rep(window):
    """Without a connection the browser says so itself, which is no fault."""
    yield (rep := window("rep"))
    rep.context.set_offline(False)
    lost = ("ERR_INTERNET_DISCONNECTED", "ERR_CONNECTION_FAILED", "htmx:sendError")
    rep.faults[:] = [fault for fault in rep.faults if not any(code in fault for code in lost)]


def leave(rep, form: Typed, lead: int, way: str) -> None:
    """Leave the page and come back to it."""
    page, path = rep.page, path_of(form, lead)
    if way == "link":
        page.locator("#rail a[href='/admin/tasks']").first.click()
        page.wait_for_url("**/admin/tasks*")
        page.goto(path)
    elif way == "back":
        page.go_back()
        page.goto(path)
    elif way == "closed tab":
        page.close()
        rep.page = rep.tab()
        rep.page.goto(path)
    elif way == "reload":
        page.reload()
    else:
        end_session(rep)
        page.locator(form.save).click()
        page.wait_for_url("**/login?*")
        enter(rep, "rep")


@pytest.mark.parametrize(("name", "way"), one_in(3, product(FORMS, WAYS)))
def test_a_text_comes_back_after_any_way_out_and_can_be_discarded(rep, lead, name, way):
    form = FORMS[name]
    rep.go("/admin/leads")
    type_into(rep, form, lead)
    leave(rep, form, lead, way)
    page = rep.page
    line = page.locator("[data-draft-line]:not(:empty)")
    expect(line).to_have_text(re.compile(r"Draft restored\s+·\s+Discard"))
    expect(page.locator(form.field)).to_have_value(TEXT)
    if form.before:
        expect(page.locator(form.before)).to_be_checked()
    page.get_by_role("button", name="Discard").click()
    expect(page.locator(form.field)).not_to_have_value(TEXT)
    page.get_by_role("button", name="Undo").last.click()
    expect(page.locator(form.field)).to_have_value(TEXT)
    discard_everywhere(page, name)
    page.goto(path_of(form, lead))
    expect(page.locator(form.field)).not_to_have_value(TEXT)
    expect(line).to_have_count(0)


def discard_everywhere(page, name: str) -> None:
    """The draft of an email is on the server too, which has discarded it once it has answered."""
    button = page.get_by_role("button", name="Discard")
    if name != "email":
        button.click()
        return
    with page.expect_response(lambda answer: 'name="discard"' in (answer.request.post_data or "")):
        button.click()


@pytest.mark.parametrize("name", ["note", "call", "email", "edit"])
def test_a_form_sent_offline_waits_on_its_page_and_is_sent_once_when_the_line_is_back(
    rep, lead, leadwell, name
):
    form = FORMS[name]
    type_into(rep, form, lead)
    if name == "email":
        rep.page.locator("#id_subject").fill("Pumps")
    notes = ask(leadwell, NOTES)
    rep.context.set_offline(True)
    address = rep.page.url
    rep.page.locator(form.save).click()
    expect(rep.page.locator("#notice")).to_contain_text("No connection. Your text is kept")
    assert rep.page.url == address
    expect(rep.page.locator(form.field)).to_have_value(TEXT)
    with rep.page.expect_navigation():
        rep.context.set_offline(False)
    expect(rep.page.locator(".message[data-tone=positive]")).to_be_visible()
    if name != "edit":
        assert ask(leadwell, NOTES) == notes + 1
    rep.go(path_of(form, lead))
    expect(rep.page.locator("[data-draft-line]:not(:empty)")).to_have_count(0)


def test_a_form_that_waits_for_the_line_can_be_canceled_and_is_kept_over_a_reload(rep, lead, leadwell):
    form, notes = FORMS["note"], ask(leadwell, NOTES)
    type_into(rep, form, lead)
    rep.context.set_offline(True)
    rep.page.locator(form.save).click()
    rep.page.locator("#notice").get_by_role("button", name="Cancel").click()
    expect(rep.page.locator("#notice .message")).to_have_count(0)
    rep.context.set_offline(False)
    rep.page.reload()
    expect(rep.page.locator(form.field)).to_have_value(TEXT)
    assert ask(leadwell, NOTES) == notes


def test_a_note_whose_response_was_lost_is_not_added_twice(rep, lead, leadwell):
    form, notes = FORMS["note"], ask(leadwell, NOTES)
    type_into(rep, form, lead)
    lost = []

    def lose_the_first_response(route):
        if lost:
            return route.continue_()
        lost.append(route.fetch())
        return route.abort("connectionfailed")

    rep.page.route("**/activities", lose_the_first_response)
    rep.page.locator(form.save).click()
    expect(rep.page.locator("#notice")).to_contain_text("No connection.")
    rep.page.reload()
    rep.page.locator(form.save).click()
    expect(rep.page.locator("#notice")).to_contain_text("This was already saved.")
    assert ask(leadwell, NOTES) == notes + 1
    expect(rep.page.locator(form.field)).to_have_value("")


def test_typing_while_a_form_waits_stops_it_and_keeps_the_new_text(rep, lead):
    form = FORMS["note"]
    type_into(rep, form, lead)
    rep.context.set_offline(True)
    rep.page.locator(form.save).click()
    expect(rep.page.locator("#notice .message")).to_be_visible()
    rep.page.locator(form.field).press_sequentially("!")
    expect(rep.page.locator("#notice .message")).to_have_count(0)
    rep.context.set_offline(False)
    rep.page.reload()
    expect(rep.page.locator(form.field)).to_have_value(f"{TEXT}!")


def test_an_error_keeps_the_text_on_the_page_and_the_draft_behind_it(rep, lead):
    rep.go(f"/admin/leads/{lead}/email")
    page = rep.page
    page.locator("#id_text").fill(TEXT)
    page.locator("#letter [data-kind=primary]").click()
    page.get_by_text("Fix 1 error").wait_for()
    expect(page.locator("#id_text")).to_have_value(TEXT)
    expect(page.locator("[data-draft-line]:not(:empty)")).to_have_count(0)
    page.goto(f"/admin/leads/{lead}/email")
    expect(page.locator("#id_text")).to_have_value(TEXT)
    expect(page.locator("[data-draft-line]")).to_contain_text("Draft restored")


def test_a_draft_is_not_shown_to_another_user_of_the_browser(rep, lead):
    # In a session of its own, because it ends it.
    end_session(rep)
    rep.sign_in("rep")
    type_into(rep, FORMS["note"], lead)
    rep.page.goto("/profile")
    rep.page.get_by_role("button", name="Sign out", exact=True).click()
    rep.page.wait_for_url("**/login")
    enter(rep, "manager")
    rep.go(f"/admin/leads/{lead}")
    expect(rep.page.locator(FORMS["note"].field)).to_have_value("")
    expect(rep.page.locator("[data-draft-line]:not(:empty)")).to_have_count(0)


def test_a_draft_of_an_edit_restores_only_what_its_user_changed(rep, lead, window):
    type_into(rep, FORMS["edit"], lead)
    rep.page.goto("/admin/tasks")
    other = window("manager")
    other.go(f"/admin/leads/{lead}/edit")
    other.page.locator("#id_city").fill("Brașov")
    other.page.locator(FORMS["edit"].save).click()
    other.page.wait_for_url(f"**/admin/leads/{lead}")
    rep.go(f"/admin/leads/{lead}/edit")
    expect(rep.page.locator("#id_city")).to_have_value("Brașov")
    expect(rep.page.locator("#id_title")).to_have_value(TEXT)
    rep.page.locator(FORMS["edit"].save).click()
    rep.page.wait_for_url(f"**/admin/leads/{lead}")
    rep.go(f"/admin/leads/{lead}/edit")
    expect(rep.page.locator("#id_city")).to_have_value("Brașov")


def test_a_restored_edit_of_a_field_that_was_saved_elsewhere_asks_which_value_to_keep(rep, lead, window):
    rep.go(f"/admin/leads/{lead}/edit")
    rep.page.locator("#id_city").fill("Cluj")
    rep.page.goto("/admin/tasks")
    other = window("manager")
    other.go(f"/admin/leads/{lead}/edit")
    other.page.locator("#id_city").fill("Iași")
    other.page.locator(FORMS["edit"].save).click()
    other.page.wait_for_url(f"**/admin/leads/{lead}")
    rep.go(f"/admin/leads/{lead}/edit")
    rep.page.locator(FORMS["edit"].save).click()
    rep.page.get_by_role("heading", name="while you were editing").wait_for()
    rep.page.locator("[name=keep_city][value=mine]").check()
    rep.page.get_by_role("button", name="Save choices").click()
    rep.page.wait_for_url(f"**/admin/leads/{lead}")
    rep.go(f"/admin/leads/{lead}/edit")
    expect(rep.page.locator("#id_city")).to_have_value("Cluj")
    expect(rep.page.locator("[data-draft-line]:not(:empty)")).to_have_count(0)


def test_cancel_discards_what_was_typed_into_an_edit(rep, lead):
    type_into(rep, FORMS["edit"], lead)
    rep.page.locator(".applybar").get_by_role("link", name="Cancel").click()
    rep.page.wait_for_url(f"**/admin/leads/{lead}")
    rep.page.goto(f"/admin/leads/{lead}/edit")
    expect(rep.page.locator("#id_title")).not_to_have_value(TEXT)


def test_two_tabs_with_the_same_form_do_not_overwrite_each_other(rep, lead):
    form, other = FORMS["note"], rep.tab()
    rep.page.goto(f"/admin/leads/{lead}")
    other.goto(f"/admin/leads/{lead}")
    rep.page.locator(form.field).press_sequentially("First")
    other.locator(form.field).press_sequentially("Second")
    other.locator(form.save).click()
    other.locator(".message", has_text="Added the note.").wait_for()
    # The page after it offers the text of the other tab, until that tab saves it.
    expect(other.locator(form.field)).to_have_value("First")
    rep.page.locator(form.save).click()
    rep.page.locator(".message", has_text="Added the note.").wait_for()
    expect(other.locator(form.field)).to_have_value("")
    expect(other.locator("[data-draft-line]:not(:empty)")).to_have_count(0)


@pytest.fixture
def mail(lead):
    """The page of a new email."""
    return f"/admin/leads/{lead}/email"


def type_and_wait(page, text: str) -> dict:
    """What the server answered when it got the draft."""
    with page.expect_response("**/email/draft") as answer:
        page.locator("#id_text").fill(text)
    return answer.value.json()


def test_the_draft_of_an_email_is_found_on_another_device_until_it_is_discarded(rep, mail, window):
    rep.go(mail)
    rep.page.locator("#id_subject").fill("Pumps")
    assert "version" in type_and_wait(rep.page, TEXT)
    other = window("rep")
    other.go(mail)
    line = other.page.locator("[data-draft-line]:not(:empty)")
    expect(line).to_have_text(re.compile(r"Draft restored\s+·\s+Discard"))
    expect(other.page.locator("#id_text")).to_have_value(TEXT)
    expect(other.page.locator("#id_subject")).to_have_value("Pumps")
    with other.page.expect_response("**/email/draft"):
        other.page.get_by_role("button", name="Discard").click()
    other.page.reload()
    expect(other.page.locator("#id_text")).not_to_have_value(TEXT)
    expect(line).to_have_count(0)


def test_a_draft_discarded_while_it_is_being_saved_stays_discarded_when_the_page_is_left_at_once(
    rep, mail, leadwell
):
    rep.go(mail)
    type_and_wait(rep.page, "Saved before")
    rep.page.reload()

    def keep_the_answer(route):
        if "discard" in (route.request.post_data or ""):
            route.fallback()
        else:
            route.fetch()
            rep.page.evaluate("window.isSaved = true")

    rep.page.route("**/email/draft", keep_the_answer)
    rep.page.locator("#id_text").fill(TEXT)
    rep.page.wait_for_function("() => window.isSaved")
    with rep.page.expect_response("**/email/draft"):
        rep.page.get_by_role("button", name="Discard").click()
    rep.page.unroute_all(behavior="ignoreErrors")
    rep.go("/admin/leads")
    assert ask(leadwell, "SELECT count(*) FROM crm_emaildraft") == 0


def test_a_tab_with_an_older_draft_of_an_email_says_so_and_overwrites_nothing(rep, mail, window):
    rep.go(mail)
    type_and_wait(rep.page, "From the older tab")
    other = window("rep")
    other.go(mail)
    type_and_wait(other.page, "From the newer tab")
    assert type_and_wait(rep.page, "More from the older tab") == {"newer": True}
    line = rep.page.locator("[data-draft-line]")
    expect(line).to_contain_text("A newer draft was saved in another tab or on another device.")
    expect(rep.page.locator("#id_text")).to_have_value("More from the older tab")
    rep.page.get_by_role("button", name="Show it").click()
    expect(rep.page.locator("#id_text")).to_have_value("From the newer tab")


def test_the_draft_of_an_email_is_gone_everywhere_once_it_is_sent(rep, mail, window, leadwell):
    rep.go(mail)
    rep.page.locator("#id_subject").fill("Pumps")
    type_and_wait(rep.page, TEXT)
    rep.page.locator("#letter [data-kind=primary]").click()
    expect(rep.page.locator(".message[data-tone=positive]")).to_be_visible()
    assert ask(leadwell, "SELECT count(*) FROM crm_emaildraft") == 0
    other = window("rep")
    other.go(mail)
    expect(other.page.locator("#id_text")).not_to_have_value(TEXT)
    expect(other.page.locator("[data-draft-line]:not(:empty)")).to_have_count(0)


def test_another_form_sent_offline_gets_a_page_that_says_so_and_saves_nothing(window, leadwell):
    """The page of the service worker, and never the browser's own."""
    name = ask(leadwell, "SELECT name FROM accounts_user WHERE email = 'rep@demo.example'")
    rep = window("rep", installed=True)
    rep.go("/profile")
    rep.page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    rep.page.reload()
    rep.page.locator("#id_name").fill("Someone Else")
    rep.context.set_offline(True)
    try:
        rep.page.locator("#id_name").press("Enter")
        expect(rep.page.get_by_role("heading", name="No connection")).to_be_visible()
    finally:
        rep.context.set_offline(False)
        rep.faults[:] = [fault for fault in rep.faults if "ERR_INTERNET_DISCONNECTED" not in fault]
    assert ask(leadwell, "SELECT name FROM accounts_user WHERE email = 'rep@demo.example'") == name
    rep.go("/profile")
    expect(rep.page.locator("#id_name")).to_have_value(name)


def test_an_entry_of_the_timeline_is_undone_from_the_timeline(rep, lead, leadwell):
    rep.go(f"/admin/leads/{lead}/edit")
    rep.page.locator("#id_city").fill("Arad")
    rep.page.locator(FORMS["edit"].save).click()
    rep.page.wait_for_url(f"**/admin/leads/{lead}")
    entry = rep.page.locator("#timeline .entry", has_text="changed city").first
    entry.get_by_role("button", name="Undo").click()
    rep.page.wait_for_url(re.compile(r"/undo\??$"))
    rep.page.locator("main form.card [data-kind=primary]").click()
    rep.page.wait_for_url(re.compile(r"/admin/operations/\d+$"))
    assert ask(leadwell, f"SELECT city FROM leads_lead WHERE id = {lead}") == "Sibiu"
    rep.go(f"/admin/leads/{lead}")
    expect(entry).to_contain_text("Undone by")
    expect(entry.get_by_role("button", name="Redo")).to_be_visible()


def test_a_draft_is_removed_after_two_weeks_and_a_type_alone_is_none(rep, lead):
    rep.go(f"/admin/leads/{lead}")
    rep.page.locator(".composer [value=call]").check()
    assert drafts(rep) == []
    rep.page.locator(FORMS["note"].field).fill(TEXT)
    (key,) = drafts(rep)
    rep.page.evaluate(
        """(key) => localStorage.setItem(key, JSON.stringify({...JSON.parse(localStorage[key]), at: Date.now() - 14.1 * 864e5}))""",
        key,
    )
    rep.page.goto("/admin/tasks")
    assert drafts(rep) == []


def test_passwords_files_and_forms_without_a_mark_are_never_kept(rep, lead):
    rep.go("/profile")
    rep.page.locator("#id_name").fill("Somebody")
    rep.go(f"/admin/leads/{lead}/email")
    rep.page.locator("[type=file]").set_input_files(
        {"name": "offer.txt", "mimeType": "text/plain", "buffer": b"1"}
    )
    assert drafts(rep) == []


def drafts(rep) -> list[str]:
    return rep.page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('leadwell-draft '))")
