"""Who can import, who can see an import, and what an invalid request gets."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crm.models import Import
from crm.platform.excel.reading import limits
from crm.records.history.undo.field_reversal import revert_operation
from leads.models import Lead
from tests.crm.transfer.imports.importing import (
    LIST,
    NEW,
    SAMPLE,
    apply,
    choose,
    page,
    shown,
    upload,
    verdicts,
    workbook,
)
from tests.crm.work.activities.attaching import place_of
from tests.reading import close_up

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])

STEPS = ["import", "columns", "values", "plan", "left_out"]
POSTS = ["columns", "values", "plan", "read", "check", "stop", "cancel"]
ROWS = [["Last name", "E-mail", "Status"], ["Pop", "ana@example.com", "warm"]]


@pytest.fixture
def anns(sign_in, ann):
    return upload(sign_in(ann), ROWS)


@pytest.mark.parametrize("who", ["bob", "oscar", "sofia"])
def test_without_the_import_permission_no_page_opens(cast, sign_in, anns, who):
    browser = sign_in(getattr(cast, who))
    for address in (NEW, LIST, reverse("leads:template"), *(page(anns, step) for step in STEPS)):
        assert browser.get(address).status_code == 403, address
    for step in POSTS:
        assert browser.post(page(anns, step)).status_code == 403, step
    assert browser.post(NEW, {"file": SimpleUploadedFile("a.csv", b"Last name\nPop\n")}).status_code == 403
    assert Import.objects.count() == 1


def test_the_import_permission_requires_the_add_permission(someone_with, sign_in, anns):
    browser = sign_in(someone_with("import_lead", "view_lead", "see_departments"))
    assert browser.get(NEW).status_code == 403
    assert browser.get(LIST).status_code == 200


def test_an_import_closes_to_a_user_who_has_lost_the_permission(sign_in, ann, anns):
    role = ann.groups.get()
    role.permissions.remove(role.permissions.get(codename="add_lead"))
    for step in STEPS:
        assert sign_in(ann).get(page(anns, step)).status_code == 403


def test_another_users_import_is_not_found(sign_in, carla, ada, anns):
    for user in (carla, ada):
        browser = sign_in(user)
        for step in STEPS:
            foreign, unknown = (
                browser.get(address)
                for address in (page(anns, step), reverse(f"imports:{step}", args=[9999]))
            )
            assert foreign.status_code == unknown.status_code == 404
        for step in POSTS:
            assert browser.post(page(anns, step)).status_code == 404
    anns.refresh_from_db()
    assert anns.state == Import.State.COLUMNS


def test_the_history_shows_your_own_imports_and_an_administrator_sees_all(sign_in, carla, ada, anns):
    assert "leads.xlsx" not in sign_in(carla).get(LIST).text
    text = sign_in(ada).get(LIST).text
    assert "leads.xlsx" in text
    assert page(anns, "import") not in text


def test_a_visitor_is_redirected_to_the_sign_in_page(client, anns):
    client.logout()
    for address in (NEW, LIST, page(anns, "plan")):
        assert client.get(address)["Location"].startswith("/login")


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("a.exe", b"MZ", "This file type can’t be imported."),
        ("a.csv", b"", "The file is empty."),
    ],
)
def test_a_file_that_is_not_a_table_is_rejected_immediately(sign_in, ann, name, data, sentence):
    answer = sign_in(ann).post(NEW, {"file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert not Import.objects.exists()


def test_a_missing_file_gets_a_message(sign_in, ann):
    answer = sign_in(ann).post(NEW, {})
    assert (answer.status_code, "Choose a file." in answer.text) == (422, True)


def test_a_file_over_the_limit_is_dropped_while_it_is_uploaded(sign_in, ann, monkeypatch, settings):
    monkeypatch.setattr(limits, "FILE_BYTES", 100_000)
    answer = sign_in(ann).post(
        NEW, {"file": SimpleUploadedFile("a.csv", b"Last name\n" + b"Pop\n" * 100_000)}
    )
    assert answer.status_code == 422
    assert "larger than" in answer.text
    assert not Import.objects.exists()
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


def test_only_the_server_can_read_the_stored_upload(anns):
    assert place_of(anns.file).stat().st_mode & 0o777 == 0o600
    assert "leads" not in anns.file.removeprefix("imports/")


def test_columns_mapped_to_the_same_field_are_rejected_at_the_column(sign_in, ann, anns):
    browser = sign_in(ann)
    form = shown(browser, anns, "columns").context["form"]
    data = {bound.html_name: bound.value() for bound in form if bound.value() not in (None, False, [])}
    answer = browser.post(page(anns, "columns"), data | {"column_1": "last_name"})
    assert answer.status_code == 422
    assert "The column “Last name” is already mapped to this field." in answer.text
    answer = browser.post(page(anns, "columns"), data | {f"column_{place}": "" for place in range(3)})
    assert answer.status_code == 422
    assert "Map at least one column to a field." in answer.text


def test_a_department_or_owner_out_of_scope_cannot_be_chosen(sign_in, ann, anns, departments, carla):
    browser = sign_in(ann)
    form = shown(browser, anns, "columns").context["form"]
    data = {bound.html_name: bound.value() for bound in form if bound.value() not in (None, False, [])}
    for wrong in (
        {"department": departments.export.pk},
        {"owner": carla.pk},
        {"status": 999},
        {"column_0": "deleted_at"},
    ):
        assert browser.post(page(anns, "columns"), data | wrong).status_code == 422


def test_a_step_that_is_not_ready_redirects_to_the_current_one(sign_in, ann, anns):
    browser = sign_in(ann)
    assert browser.get(page(anns, "plan"))["Location"] == page(anns, "import")
    assert browser.get(page(anns, "import"))["Location"] == page(anns, "columns")
    assert browser.get(page(anns, "left_out")).status_code == 404
    assert browser.post(page(anns, "plan"), {"apply": "x"})["Location"] == page(anns, "import")
    assert not Lead.objects.exists()


def test_the_template_has_all_fields_of_the_form_and_can_be_imported(sign_in, ann):
    browser = sign_in(ann)
    data = browser.get(reverse("leads:template")).content
    imported = upload(browser, data, "template.xlsx")
    assert imported.stop_message == "There are no rows below the header in row 1."


def test_a_known_file_and_known_headers_are_recognized(sign_in, ann):
    browser = sign_in(ann)
    data = workbook([["Nachname", "Firma", "X"], ["Pop", "Acme", "1"]])
    first = choose(browser, upload(browser, data), "columns", column_2="notes", name="Fair")
    apply(browser, first)
    again = upload(browser, data)
    assert again.mapping == ["last_name", "company", "notes"]
    text = shown(browser, again, "columns").text
    assert "The mapping from “Fair” on " in text
    assert "You already imported this file on" in text
    assert Lead.objects.get().description == "X: 1"


def test_the_sample_as_csv_gives_the_same_plan(sign_in, ann):
    import csv
    import io

    import openpyxl

    out = io.StringIO()
    csv.writer(out).writerows(openpyxl.load_workbook(SAMPLE).active.iter_rows(values_only=True))
    browser = sign_in(ann)
    imported = choose(browser, upload(browser, out.getvalue().encode("utf-16"), "leads.csv"), "columns")
    assert verdicts(imported) == {"error": 1265}
    assert [len(imported.unknown[name]) for name in ("status", "source", "owner")] == [6, 8, 11]


def test_users_who_can_add_but_not_change_leads_cannot_change_any_with_a_file(
    someone_with, sign_in, make_lead
):
    make_lead("Jan Novák", email="jan@example.com", city="Praha")
    eve = someone_with("import_lead", "add_lead", "view_lead", "see_departments")
    browser = sign_in(eve)
    rows = [["Last name", "E-mail", "City"], ["", "jan@example.com", "Plzeň"], ["Pop", "", ""]]
    imported = choose(browser, upload(browser, rows), "columns")
    assert verdicts(imported) == {"new": 1, "left_out": 1}
    assert "You don’t have permission to change this record." in shown(browser, imported, "plan").text
    apply(browser, imported)
    assert Lead.objects.get(email="jan@example.com").city == "Praha"


def test_the_page_lists_all_limits(sign_in, ann):
    text = sign_in(ann).get(NEW).text
    assert (
        "Up to 100 MB (1,000 MB unpacked), 100 sheets, 500,000 rows, 250 columns and 10,000,000 cells. Reading can take up to 120 seconds."
        in text
    )


def test_the_receipt_shows_where_each_column_went(sign_in, ann):
    browser = sign_in(ann)
    rows = [["Last name", "Lucky number", "Oraș"], ["Pop", "7", "Cluj"]]
    imported = apply(browser, choose(browser, upload(browser, rows), "columns"))
    columns = shown(browser, imported, "import").context["columns"]
    assert columns == [("Last name", "Last name"), ("Lucky number", ""), ("Oraș", "City")]


def test_the_history_shows_undone_imports_with_a_constant_number_of_queries(
    sign_in, ann, django_assert_num_queries
):
    browser = sign_in(ann)

    def bring_in(name):
        imported = choose(
            browser, upload(browser, [["Last name", "E-mail"], [name, f"{name}@x.com"]]), "columns"
        )
        return apply(browser, imported).operation

    revert_operation(bring_in("Pop"), by=ann)
    with CaptureQueriesContext(connection) as alone:
        assert "Undone" in browser.get(LIST).text
    queries = len(alone)
    bring_in("Rusu")
    bring_in("Dan")
    with django_assert_num_queries(queries):
        text = close_up(browser.get(LIST).text)
    assert (text.count("</svg>Undone"), text.count("</svg>Undo<")) == (1, 2)
