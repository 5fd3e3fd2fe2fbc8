"""A move that requires fields asks for them where it was made: on the record's page and in a list, of leads and of deals."""

import re

import pytest

from crm.records.history.verb_execution import operation
from leads.models import Status

MENU = {"HX-Request": "true", "HX-Target": "inline"}


@pytest.fixture(params=["lead", "deal"])
def asked(request, ann, make_lead, make_deal, statuses, sign_in):
    """A record, the status that requires an amount, its address, and a browser."""
    if request.param == "lead":
        record, status, path = make_lead(owner=ann), statuses.qualified, "leads"
    else:
        record, status, path = make_deal(owner=ann), statuses.negotiation, "deals"
    with operation("test", by=None):
        Status.objects.filter(pk=status.pk).update(required_fields=["value"])
    return record, status, f"/admin/{path}/{record.pk}", sign_in(ann)


def of_row(record) -> dict[str, str]:
    return {"HX-Request": "true", "HX-Target": f"row-{record.pk}"}


def links_to(page: str, address: str) -> bool:
    """Whether the page has a link to it that opens in the menu of small forms."""
    link = re.compile(rf'<a(?=[^>]*\sdata-inline)[^>]*\shref="{re.escape(address)}"')
    return bool(link.search(page))


def test_the_page_opens_the_form_in_place_for_a_status_that_asks_and_moves_at_once_to_others(asked):
    record, status, address, browser = asked
    page = browser.get(address).text
    assert links_to(page, f"{address}/move?status={status.pk}")
    assert f'<button name="status" value="{status.pk}"' not in page
    assert '<button name="status"' in page
    with operation("test", by=None):
        type(record).objects.filter(pk=record.pk).update(value=5)
    page = browser.get(address).text
    assert not links_to(page, f"{address}/move?status={status.pk}")
    assert f'<button name="status" value="{status.pk}"' in page


def test_the_status_menu_of_a_list_asks_in_the_same_menu(asked):
    record, status, address, browser = asked
    menu = browser.get(f"{address}/inline/status", headers=MENU).text
    assert links_to(menu, f"{address}/move?status={status.pk}")
    assert f'<button name="status" value="{status.pk}"' not in menu
    form = browser.get(f"{address}/move?status={status.pk}", headers=MENU).text
    assert f'data-row="row-{record.pk}"' in form
    assert 'name="value"' in form
    assert ("<html" in form, "hx-post" in form) == (False, False)


def test_an_error_is_shown_in_the_menu_and_the_right_value_gives_the_row(asked):
    record, status, address, browser = asked
    sent = {"status": status.pk, "filled": "1", "version": record.version, "value": ""}
    wrong = browser.post(f"{address}/move", sent, headers=of_row(record))
    assert (wrong.status_code, "<html" in wrong.text, "data-row=" in wrong.text) == (422, False, True)
    assert 'aria-invalid="true"' in wrong.text
    done = browser.post(f"{address}/move", sent | {"value": "900"}, headers=of_row(record))
    assert done.text.startswith(f"<tr id=row-{record.pk}>")
    assert done["HX-Trigger"] == "records-changed, notices"
    record.refresh_from_db()
    assert (record.status_id, record.value) == (status.pk, 900)


def test_saving_without_moving_gives_the_row_too(asked):
    record, status, address, browser = asked
    before = record.status_id
    sent = {"status": status.pk, "version": record.version, "value": "900"}
    done = browser.post(f"{address}/fill-in", sent, headers=of_row(record))
    assert done.text.startswith(f"<tr id=row-{record.pk}>")
    record.refresh_from_db()
    assert (record.status_id, record.value) == (before, 900)


def test_from_the_page_the_menu_leads_to_the_page_as_it_is_then(asked):
    record, status, address, browser = asked
    sent = {"status": status.pk, "filled": "1", "version": record.version, "value": "900"}
    answer = browser.post(f"{address}/move", sent, headers=MENU)
    assert answer["HX-Redirect"] == address


def test_a_closing_status_that_asks_for_more_than_a_reason_opens_in_place(asked, statuses):
    record, _status, address, browser = asked
    lost = statuses.lost if record.table == "lead" else statuses.deal_lost
    with operation("test", by=None):
        Status.objects.filter(pk=lost.pk).update(required_fields=["value"])
    assert links_to(browser.get(address).text, f"{address}/move?status={lost.pk}")
    form = browser.get(f"{address}/move?status={lost.pk}", headers=MENU).text
    assert 'name="value"' in form
    assert 'name="lost_reason"' in form


def test_without_javascript_the_link_leads_to_a_page_with_the_same_form(asked):
    _record, status, address, browser = asked
    page = browser.get(f"{address}/move?status={status.pk}").text
    assert ("<html" in page, 'name="value"' in page, "data-row=" in page) == (True, True, False)
