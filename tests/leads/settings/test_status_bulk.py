"""Selected statuses are retired, activated and exported."""

from io import BytesIO

from django.urls import reverse
from openpyxl import load_workbook

from crm.models import Operation
from crm.records.history.undo.field_reversal import revert_operation
from leads.models import Status
from tests.crm.records.history.undo.test_every_verb import all_tables


def test_the_preview_says_which_rows_change_are_already_set_or_cannot_change(
    sign_in, ada, statuses, make_status
):
    old = make_status("Old", retired=True)
    address = (
        f"/admin/leads/statuses/bulk?action=retire&row={statuses.new.pk}&row={statuses.lost.pk}&row={old.pk}"
    )
    browser = sign_in(ada)
    before = all_tables()
    judged = browser.get(address).context["judged"]
    assert ([row.name for row in judged.changed], [row.name for row in judged.unchanged]) == (
        ["Lost"],
        ["Old"],
    )
    assert [(row.name, why) for row, why in judged.refused] == [
        (
            "New",
            "New records start in this status, so it must stay open and in use. Make another one the default first.",
        )
    ]
    assert all_tables() == before


def test_retiring_several_is_one_operation_that_can_be_undone(sign_in, ada, statuses):
    address = (
        f"/admin/leads/statuses/bulk?action=retire&row={statuses.lost.pk}&row={statuses.disqualified.pk}"
    )
    answer = sign_in(ada).post(address, follow=True)
    assert "2 items retired." in answer.content.decode()
    record = Operation.objects.get(kind="edit_status")
    assert record.changed == 2
    assert reverse("operation_undo", args=[record.pk]) in answer.content.decode()
    revert_operation(record, by=ada)
    assert not Status.objects.filter(retired=True).exists()


def test_activating_brings_a_status_back(sign_in, ada, make_status):
    old = make_status("Old", retired=True)
    sign_in(ada).post(f"/admin/leads/statuses/bulk?action=activate&row={old.pk}")
    old.refresh_from_db()
    assert not old.retired


def test_an_empty_selection_and_unknown_actions_get_an_answer(sign_in, ada):
    browser = sign_in(ada)
    answer = browser.get("/admin/leads/statuses/bulk?action=retire", follow=True)
    assert "Select at least one row." in answer.content.decode()
    assert browser.get("/admin/leads/statuses/bulk?action=dance&row=1").status_code == 404


def test_retiring_in_bulk_requires_the_permission_to_change(sign_in, someone_with, statuses):
    browser = sign_in(someone_with("view_status", "add_status", "delete_status"))
    answer = browser.post(f"/admin/leads/statuses/bulk?action=retire&row={statuses.lost.pk}")
    assert answer.status_code == 403
    assert not Status.objects.filter(retired=True).exists()


def test_the_export_contains_the_selected_rows_or_the_whole_list(sign_in, ada, statuses, make_lead):
    make_lead(status="lost", lost_reason=None)
    browser = sign_in(ada)

    def rows(query):
        answer = browser.get(f"/admin/leads/statuses/bulk?action=export&{query}")
        assert answer["Content-Type"].endswith("spreadsheetml.sheet")
        return list(load_workbook(BytesIO(answer.content)).worksheets[0].values)

    ticked = rows(f"row={statuses.lost.pk}")
    assert len(ticked) == 2
    found = dict(zip(ticked[0], ticked[1], strict=True))
    assert (found["Label"], found["Category"], found["Leads"], found["Retired"]) == ("Lost", "lost", 1, "no")
    assert [row[1] for row in rows("kind=won")[1:]] == ["Won", "Won"]
    assert len(rows("")) == 13
