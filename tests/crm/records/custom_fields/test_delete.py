"""Deleting a custom field: how many records have a value, and the download of the values."""

import pytest

from crm.models import Export
from crm.records.history.verb_execution import carry_out
from crm.records.history.verbs import Delete
from leads.models import Lead
from leads.verbs import Edit
from tests.crm.transfer.exports.exporting import rows_of

# A file is written on a second connection.
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])

FIELDS = "/admin/leads/fields"


def edit(lead, by, **changes):
    return carry_out(Edit(changes), Lead.objects.filter(pk=lead.pk), by=by)


@pytest.mark.parametrize(
    ("type", "held", "written"),
    [("text", "Maths", "Maths"), ("choice", "o2", "Music"), ("yes_no", False, "no")],
)
def test_the_values_of_a_field_are_downloaded_before_it_is_deleted(
    type, held, written, ada, make_lead, make_field, sign_in
):
    field = make_field("Course", type, choices=["Maths", "Music"] if type == "choice" else ())
    lead, binned, _other = (
        make_lead("Jan Novák", owner=ada),
        make_lead(owner=ada),
        make_lead("Eve", owner=ada),
    )
    for one in (lead, binned):
        edit(one, ada, **{field.name: held})
    carry_out(Delete(), Lead.objects.filter(pk=binned.pk), by=ada)
    browser = sign_in(ada)
    page = browser.get(f"{FIELDS}/{field.definition.pk}/delete").text
    assert "1 record has a value in this field." in page
    assert "1 record in Trash has a value too." in page
    answer = browser.post(f"{FIELDS}/{field.definition.pk}/values")
    (row,) = rows_of(b"".join(answer.streaming_content))
    assert (row["Lead ID"], row["First name"], row["Last name"], row["Course"]) == (
        f"#{lead.pk}",
        "Jan",
        "Novák",
        written,
    )
    assert Export.objects.get().wrote == 1


def test_values_that_the_administrator_cannot_see_are_neither_counted_nor_downloaded(
    ada, departments, someone_with, make_lead, make_field, sign_in
):
    field = make_field("Course")
    foreign = make_lead("Foreign Lead", department=departments.export)
    edit(foreign, ada, **{field.name: "Secret"})
    eve = someone_with("delete_customfield", "view_lead", "export_lead")
    browser = sign_in(eve)
    page = browser.get(f"{FIELDS}/{field.definition.pk}/delete").text
    assert "No record has a value in this field." in page
    assert "Values of records that you can’t see are deleted too." in page
    assert "Foreign" not in page
    answer = browser.post(f"{FIELDS}/{field.definition.pk}/values")
    assert rows_of(b"".join(answer.streaming_content)) == []


def test_a_large_download_of_values_waits_for_approval(
    ada, someone_with, make_lead, make_field, sign_in, settings
):
    settings.EXPORT_APPROVAL_ABOVE = 1
    field = make_field("Course")
    eve = someone_with("delete_customfield", "view_lead", "see_all", "export_lead")
    for name in ("One", "Two"):
        edit(make_lead(name), ada, **{field.name: "Maths"})
    answer = sign_in(eve).post(f"{FIELDS}/{field.definition.pk}/values")
    assert answer.status_code == 302
    assert Export.objects.get().state == Export.State.ASKED


def test_values_of_a_field_that_the_administrators_roles_may_not_see_are_not_downloaded(
    ada, ann, make_field, sign_in
):
    field = make_field("Course", roles=[ann.groups.get().pk])
    browser = sign_in(ada)
    assert "Download these values" not in browser.get(f"{FIELDS}/{field.definition.pk}/delete").text
    assert browser.post(f"{FIELDS}/{field.definition.pk}/values").status_code == 404
