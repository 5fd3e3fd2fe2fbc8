"""Moving a card: the verb, what a status requires, refusals, undo, and the same without JavaScript."""

import re
from html import unescape

import pytest

from crm.models import Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from leads import verbs
from leads.models import Lead, Status
from tests.crm.records.tables.boards.page import BOARD, cards, gone, move

COMPARED = ["status_id", "status_since", "lost_reason_id", "lost_remark", "first_contacted_at", "value"]


def state(lead) -> dict:
    return Lead.objects.values(*COMPARED).get(pk=lead.pk)


def test_a_move_is_the_verb_that_moves_leads_and_an_undo_restores_everything(
    ann, make_lead, statuses, sign_in
):
    lead = make_lead()
    before = state(lead)
    answer = move(sign_in(ann), lead, statuses.contacted)
    record = Operation.objects.latest("pk")
    assert (record.kind, record.by, record.parameters["status"]) == ("move", ann, statuses.contacted.pk)
    assert f'data-column="{statuses.contacted.pk}"' in answer.text
    assert f"{lead} moved to Contacted." in answer.text
    assert answer["HX-Trigger"] == "notices"
    assert state(lead)["status_id"] == statuses.contacted.pk
    revert_operation(record, by=ann)
    assert state(lead) == before


def test_the_message_offers_to_undo_the_move(ann, make_lead, statuses, sign_in):
    browser = sign_in(ann)
    move(browser, make_lead(), statuses.contacted)
    record = Operation.objects.latest("pk")
    page = browser.get("/notices", headers={"HX-Request": "true"}).text
    assert f'action="/admin/operations/{record.pk}/undo"' in page
    assert "moved to Contacted" in page


def test_a_card_that_no_longer_matches_the_query_leaves_the_board(ann, make_lead, statuses, sign_in):
    lead, other = make_lead(), make_lead()
    answer = move(sign_in(ann), lead, statuses.contacted, query=f"status={statuses.new.pk}")
    assert (cards(answer.text), gone(answer.text)) == ([], [lead.pk])
    answer = move(sign_in(ann), other, statuses.won)
    assert (cards(answer.text), gone(answer.text)) == ([], [other.pk])


def test_a_status_with_required_fields_opens_its_form_and_its_answer_moves_the_lead(
    ann, make_lead, make_status, statuses, sign_in
):
    strict = make_status("Strict", required_fields=["value"])
    lead, browser = make_lead(), sign_in(ann)
    answer = move(browser, lead, strict, query="vip=no")
    assert f'data-column="{statuses.new.pk}"' in answer.text, "the card goes back"
    form = unescape(re.search(r'data-asks="([^"]+)"', answer.text)[1])
    dialog = {"HX-Request": "true", "HX-Target": "dialog"}
    fields = browser.get(form, headers=dialog).text
    assert 'name="value"' in fields
    assert 'name="board" value="vip=no"' in fields
    sent = {"status": strict.pk, "filled": "1", "board": "vip=no", "value": ""}
    address = f"/admin/leads/{lead.pk}/move"
    wrong = browser.post(address, sent, headers=dialog)
    assert (wrong.status_code, 'aria-invalid="true"' in wrong.text, "<html" in wrong.text) == (
        422,
        True,
        False,
    )
    done = browser.post(address, sent | {"value": "900"}, headers=dialog)
    assert (done.status_code, done["HX-Trigger"]) == (204, "board-changed, notices")
    lead.refresh_from_db()
    assert (lead.status, lead.value) == (strict, 900)


def test_a_lost_lead_is_asked_for_its_reason(ann, make_lead, statuses, reasons, sign_in):
    lead, browser = make_lead(), sign_in(ann)
    form = unescape(re.search(r'data-asks="([^"]+)"', move(browser, lead, statuses.lost).text)[1])
    assert 'name="lost_reason"' in browser.get(form).text
    sent = {"status": statuses.lost.pk, "filled": "1", "board": "all=1", "lost_reason": reasons.budget.pk}
    answer = browser.post(f"/admin/leads/{lead.pk}/move", sent)
    assert answer["Location"] == f"{BOARD}?all=1#card-{lead.pk}"
    lead.refresh_from_db()
    assert (lead.status, lead.lost_reason) == (statuses.lost, reasons.budget)


def test_saving_without_moving_leads_back_to_the_board_too(ann, make_lead, make_status, sign_in):
    strict, lead = make_status("Strict", required_fields=["value", "email"]), make_lead()
    sent = {"status": strict.pk, "board": "all=1", "value": "5"}
    answer = sign_in(ann).post(f"/admin/leads/{lead.pk}/fill-in", sent)
    assert answer["Location"].startswith(BOARD)
    lead.refresh_from_db()
    assert (lead.value, lead.status.key) == (5, "new")


def test_a_status_that_cannot_come_next_says_why_and_the_card_goes_back(ann, make_lead, statuses, sign_in):
    with operation("test", by=None):
        Status.objects.filter(pk=statuses.new.pk).update(next_statuses=[statuses.contacted.pk])
    lead, browser = make_lead(), sign_in(ann)
    answer = move(browser, lead, statuses.proposal)
    assert f'data-column="{statuses.new.pk}"' in answer.text
    assert "can’t move to this status" in browser.get("/notices", headers={"HX-Request": "true"}).text
    menu = browser.get(f"{BOARD}/{lead.pk}/move").text
    assert f'value="{statuses.contacted.pk}"' in menu
    assert f'value="{statuses.proposal.pk}"' not in menu


def test_a_lead_of_another_pipeline_cannot_be_dropped_here(ann, make_lead, statuses, renewals, sign_in):
    lead, browser = make_lead(), sign_in(ann)
    move(browser, lead, Status.objects.get(pipeline=renewals, name="Talking"))
    lead.refresh_from_db()
    assert lead.status == statuses.new
    assert "in another pipeline" in browser.get("/notices", headers={"HX-Request": "true"}).text


def test_a_card_that_a_colleague_has_just_moved_stays_where_the_colleague_put_it(
    ann, oscar, make_lead, statuses, sign_in
):
    lead = make_lead()
    carry_out(verbs.Move(statuses.qualified), Lead.objects.filter(pk=lead.pk), by=oscar)
    browser = sign_in(ann)
    answer = move(browser, lead, statuses.contacted, version=lead.version)
    assert f'data-column="{statuses.qualified.pk}"' in answer.text
    message = browser.get("/notices", headers={"HX-Request": "true"}).text
    assert f"Oscar has just moved {lead} to Qualified." in message
    assert Operation.objects.filter(kind="move", by=ann).count() == 0


def test_another_change_of_a_colleague_does_not_keep_a_card(ann, oscar, make_lead, statuses, sign_in):
    lead = make_lead()
    carry_out(verbs.Edit({"city": "Cluj"}), Lead.objects.filter(pk=lead.pk), by=oscar)
    move(sign_in(ann), lead, statuses.contacted, version=lead.version)
    lead.refresh_from_db()
    assert (lead.status, lead.city) == (statuses.contacted, "Cluj")


def test_without_javascript_the_menu_is_a_page_whose_buttons_lead_back_to_the_board(
    ann, make_lead, statuses, sign_in
):
    lead, browser = make_lead(), sign_in(ann)
    page = browser.get(
        f"{BOARD}/{lead.pk}/move", headers={"referer": f"http://testserver{BOARD}?vip=no"}
    ).text
    assert "<html" in page
    assert 'name="board" value="vip=no"' in page
    sent = {"column": statuses.contacted.pk, "board": "vip=no", "version": lead.version}
    answer = browser.post(f"{BOARD}/{lead.pk}/move", sent)
    assert answer["Location"] == f"{BOARD}?vip=no#card-{lead.pk}"
    lead.refresh_from_db()
    assert lead.status == statuses.contacted
    sent |= {"column": statuses.lost.pk, "version": lead.version}
    answer = browser.post(f"{BOARD}/{lead.pk}/move", sent)
    assert answer["Location"].startswith(f"/admin/leads/{lead.pk}/move?status={statuses.lost.pk}")


def test_the_menu_says_what_each_status_still_requires(ann, make_lead, make_status, sign_in):
    make_status("Strict", required_fields=["value", "email"])
    page = sign_in(ann).get(f"{BOARD}/{make_lead(email='a@example.com').pk}/move").text
    assert "requires value" in " ".join(page.split())


@pytest.mark.parametrize("column", ["", "x", "0", "9" * 30, "²"])
def test_a_column_that_does_not_exist_is_not_found(ann, make_lead, sign_in, column):
    lead = make_lead()
    assert sign_in(ann).post(f"{BOARD}/{lead.pk}/move", {"column": column}).status_code == 404
    assert Operation.objects.filter(by=ann).count() == 0


def test_moving_to_the_same_column_is_no_operation(ann, make_lead, statuses, sign_in):
    lead = make_lead()
    answer = move(sign_in(ann), lead, statuses.new)
    assert cards(answer.text) == [lead.pk]
    assert Operation.objects.filter(kind="move").count() == 0


def test_who_may_only_see_a_lead_cannot_move_it(bob, ben, make_lead, statuses, sign_in):
    lead = make_lead(owner=ben, shared=True)
    assert move(sign_in(bob), lead, statuses.contacted).status_code == 403
    lead.refresh_from_db()
    assert lead.status == statuses.new
