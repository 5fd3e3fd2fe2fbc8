"""Files don't write custom fields that their importer may not edit, and say so; for leads and companies."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from crm.models import Import
from crm.records.kinds.kind_registry import KINDS
from tests.crm.records.custom_fields.any_record import redefine, values
from tests.crm.transfer.imports.importing import apply, choose, page, shown, upload, work, workbook

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])

REASON = "You can see this field, but your roles can’t edit it"


def upload_to(browser, kind, rows) -> Import:
    file = SimpleUploadedFile("a.xlsx", workbook(rows))
    assert browser.post(kind.get_url("import"), {"file": file}).status_code == 302
    work()
    return Import.objects.latest("pk")


def close(field, ada) -> None:
    redefine(field, editors=[ada.groups.get().pk])


@pytest.mark.parametrize("table", ["lead", "company"])
def test_a_column_of_such_a_field_is_not_a_target_and_its_values_are_not_written(
    table, ada, make_field, someone_with, sign_in
):
    kind = KINDS[table]
    field = make_field("Grade", of=table, first_value="C")
    close(field, ada)
    rights = [f"{right}_{table}" for right in ("view", "export", "add", "change", "import")]
    browser = sign_in(someone_with(*rights, "see_all", "add_customfield"))
    title = "Last name" if table == "lead" else "Name"
    imported = upload_to(browser, kind, [[title, "Grade"], ["Pop", "B"]])
    assert imported.mapping[1] == ""
    answer = shown(browser, imported, "columns")
    assert REASON in answer.text
    offered = dict(answer.context["form"].fields["column_1"].choices)
    assert field.name not in offered
    # Neither is a second field with its label.
    assert "new" not in offered
    apply(browser, choose(browser, imported, "columns"))
    # The default still applies.
    assert values(kind.model.objects.get()) == {field.name: "C"}


@pytest.mark.parametrize("table", ["lead", "company"])
def test_the_template_for_imports_is_without_it(table, ada, bob, ann, make_field, sign_in):
    field = make_field("Grade", of=table)
    kind = KINDS[table]
    assert b"Grade" in unpacked(sign_in(ann).get(kind.get_url("template")).content)
    close(field, ada)
    assert b"Grade" not in unpacked(sign_in(ann).get(kind.get_url("template")).content)


def unpacked(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return b"".join(book.read(name) for name in book.namelist())


def test_a_mapping_of_an_earlier_file_that_names_it_says_so(ada, ann, make_field, sign_in):
    field = make_field("Grade")
    browser = sign_in(ann)
    rows = [["Last name", "Mark"], ["Pop", "B"]]
    imported = choose(browser, upload(browser, rows), "columns", column_1=field.name)
    assert imported.mapping == ["last_name", field.name]
    close(field, ada)
    again = upload(browser, [rows[0], ["Rus", "C"]])
    assert again.mapping == ["last_name", ""]
    assert REASON in shown(browser, again, "columns").text


def test_a_plan_from_before_is_not_applied(ada, ann, make_field, sign_in):
    field = make_field("Grade")
    browser = sign_in(ann)
    imported = upload(browser, [["Last name", "Grade"], ["Pop", "B"]])
    imported = choose(browser, imported, "columns")
    close(field, ada)
    refused = browser.post(page(imported, "plan"), {"apply": imported.counts["made"]})
    assert refused.status_code == 409
    assert "You can no longer edit all fields of the file." in refused.text
    imported.refresh_from_db()
    assert imported.state == Import.State.PLAN
