"""What is said about an import: in the list of changes, before it is undone, and at columns that belong elsewhere."""

from types import SimpleNamespace

import pytest
from django.urls import reverse

from crm.models import Import, Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out
from crm.records.kinds.kind_registry import KINDS
from customers.models import Company, Contact
from mailings.suppression.opt_out_columns import describe_opt_out_column
from tests.crm.transfer.imports import importing
from tests.reading import close_up

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])
NAMES = {"lead": "Last name", "company": "Name", "contact": "Last name", "deal": "Name", "request": "Subject"}
CHANGES = reverse("operations")


@pytest.fixture(params=NAMES)
def kind(request, monkeypatch, departments, statuses):
    found = KINDS[request.param]
    monkeypatch.setattr(importing, "NEW", found.get_url("import"))
    return found


def of(monkeypatch, records: str) -> None:
    monkeypatch.setattr(importing, "NEW", f"/admin/{records}/import")


def imported(browser, rows, **data) -> Import:
    found = importing.choose(browser, importing.upload(browser, rows), "columns", **data)
    found = importing.choose(browser, found, "values") if found.unknown else found
    return importing.apply(browser, found)


def read(browser, address: str) -> str:
    return close_up(browser.get(address).text)


def undo_page(browser, record: Operation) -> str:
    return read(browser, reverse("operation_undo", args=[record.pk]))


def test_records_that_an_import_added_move_to_trash(kind, sign_in, ada):
    browser = sign_in(ada)
    head = [NAMES[kind.name], "Created at"]
    done = imported(browser, [head, ["One", ""], ["Two", ""], ["Three", "2999-01-01"]])
    assert "2 added, 1 row skipped" in read(browser, CHANGES)
    page = undo_page(browser, done.operation)
    assert f"<b>2 {kind.words.many}</b> that this import added move to Trash." in page
    assert "This will undo the change to" not in page
    result = read(browser, reverse("operation", args=[done.operation_id]))
    assert "<b>2</b>added or changed" in result
    assert "<b>1</b>skipped" in result
    revert_operation(done.operation, by=ada)
    assert not kind.model.objects.present().exists()


def test_a_record_that_it_changed_is_said_separately(monkeypatch, sign_in, ada, make_company):
    of(monkeypatch, "companies")
    browser = sign_in(ada)
    make_company("Omnia", city="Arad")
    done = imported(browser, [["Name", "City"], ["Omnia", "Cluj"], ["Alba", "Deva"]])
    assert "1 added, 1 changed" in read(browser, CHANGES)
    page = undo_page(browser, done.operation)
    assert "<b>1 company</b> that this import added moves to Trash." in page
    assert "This will undo the change to <b>1 company</b>." in page


def test_a_change_that_added_nothing_is_said_as_before(sign_in, ada, make_company, make_lead):
    company = make_company("Omnia", city="Arad")
    kind = KINDS["company"]
    rows = Company.objects.filter(pk=company.pk)
    record = carry_out(kind.edit({"city": "Cluj"}), rows, by=ada).operation
    page = undo_page(sign_in(ada), record)
    assert "This will undo the change to <b>1 company</b>." in page
    assert "move" not in page.partition("<form")[2].partition("</form")[0]


@pytest.mark.parametrize("records", ["contacts", "leads"])
def test_opt_outs_lead_to_the_suppression_list(monkeypatch, sign_in, ada, departments, statuses, records):
    of(monkeypatch, records)
    rows = [["Last name", "Email", "Email Opt Out"], ["Albu", "ana@b.example", "true"]]
    browser = sign_in(ada)
    found = importing.upload(browser, rows)
    assert found.mapping[2] == ""
    page = importing.shown(browser, found, "columns").text
    assert "“Email Opt Out” says who doesn’t want emails." in page
    assert f'href="{reverse("mailing_settings:suppressed_import")}"' in page
    assert "Opt-outs aren’t imported" in page


def test_whoever_may_not_import_the_suppression_list_is_told_whom_to_ask(ada):
    allowed = SimpleNamespace(user=SimpleNamespace(has_perm=lambda right: True))
    closed = SimpleNamespace(user=SimpleNamespace(has_perm=lambda right: False))
    address = reverse("mailing_settings:suppressed_import")
    assert address in describe_opt_out_column(allowed, "Unsubscribed")
    assert address not in describe_opt_out_column(closed, "Unsubscribed")
    assert describe_opt_out_column(closed, "<b>").endswith(
        "Ask an administrator to import these addresses into the suppression list."
    )
    assert "<b>" not in describe_opt_out_column(allowed, "<b>")


def test_a_file_without_opt_outs_says_nothing_about_them(monkeypatch, sign_in, ada, departments):
    of(monkeypatch, "contacts")
    browser = sign_in(ada)
    rows = [["Last name", "Email", "Email Opt Out"], ["Albu", "ana@b.example", ""]]
    page = importing.shown(browser, importing.upload(browser, rows), "columns").text
    assert "says who doesn’t want emails" not in page
    assert not Contact.objects.exists()
