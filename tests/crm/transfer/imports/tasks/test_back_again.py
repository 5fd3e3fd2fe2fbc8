"""Tasks go out to a file and come back: unchanged rows change nothing, new ones are added, and one undo takes all back."""

import io
from datetime import date, time

import openpyxl
import pytest
from django.utils import timezone

from crm.models import Export, Operation, Task
from crm.records.history.undo.field_reversal import revert_operation
from crm.work.tasks.verbs import EditTask, carry_out_on_tasks
from tests.crm.transfer.imports.importing import (
    answer_plan,
    apply,
    choose,
    decide,
    filled_in,
    page,
    shown,
    upload,
    verdicts,
    workbook,
)
from tests.reading import close_up

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])

ADDRESS = "/admin/tasks/export"
HEADS = ["Task", "Due date", "Assignee", "Record type", "Record", "Status"]


@pytest.fixture
def lead(make_lead):
    return make_lead("Jan Novák", email="jan@example.com")


def exported(browser, query="user=all", file_type="xlsx") -> bytes:
    answer = browser.post(f"{ADDRESS}?{query}", {"format": file_type})
    assert answer.status_code == 200, answer.content.decode()
    return b"".join(answer.streaming_content)


def rows_of(data: bytes) -> list[list]:
    return [list(row) for row in openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].values]


def checked(browser, rows, name="tasks.xlsx"):
    imported = upload(browser, rows, name)
    assert imported.has_tasks
    return choose(browser, imported, "columns")


def reasons(imported) -> list[str]:
    planned = imported.plan.exclude(errors=[]).order_by("row")
    return [sentence for row in planned for _place, sentence in row.errors]


@pytest.mark.parametrize("file_type", ["xlsx", "csv"])
def test_an_exported_file_that_comes_back_changes_nothing(
    sign_in, ann, bob, lead, make_company, make_task, file_type
):
    browser = sign_in(ann)
    make_task("Call back", lead, user=ann, due_on=date(2026, 6, 1), due_time=time(9, 30), type="call")
    make_task("Send the offer", make_company("Omnia SRL"), user=bob, description="=1+1\nwith slides")
    make_task("Nothing else", lead)
    data = exported(browser, file_type=file_type)
    imported = checked(browser, data, f"tasks.{file_type}")
    assert verdicts(imported) == {"unchanged": 3}, reasons(imported)
    receipt = Export.objects.get()
    assert (receipt.table, receipt.matched, receipt.wrote, receipt.words) == ("task", 3, 3, "3 tasks")
    assert receipt.name in browser.get("/admin/exports").text


def test_the_file_has_the_tasks_of_the_list_with_its_filter(sign_in, ann, lead, make_task):
    make_task("Open", lead, user=ann, due_on=date(2026, 6, 1))
    make_task("Done", lead, user=ann, done_at=timezone.now(), done_by=ann)
    make_task("For no one", lead)
    head, *rows = rows_of(exported(sign_in(ann), "when=done"))
    assert [dict(zip(head, row, strict=True))["Task"] for row in rows] == ["Done"]
    head, *rows = rows_of(exported(sign_in(ann), ""))
    row = dict(zip(head, rows[0], strict=True))
    assert (len(rows), row["Task"], row["Record type"]) == (1, "Open", "Lead")
    assert row["Record"] == f"Jan Novák (#{lead.pk})"
    assert row["For"] == f"{ann.name} <{ann.email}>"


def test_one_file_adds_tasks_of_two_record_types_and_an_undo_removes_them(
    sign_in, ann, bob, lead, make_company, make_task
):
    company = make_company("Omnia SRL", domain="omnia.example")
    known = make_task("Call back", lead, user=ann, due_on=date(2026, 6, 1))
    browser = sign_in(ann)
    head, row = rows_of(exported(browser))
    row[head.index("Task")] = "Call again"
    row[head.index("Due")] = date(2026, 7, 2)
    new = dict.fromkeys(head)
    rows = [
        head,
        row,
        list(
            (
                new | {"Task": "Visit", "Record type": "Company", "Record": "Omnia SRL", "Due": "3.7.2026"}
            ).values()
        ),
        list(
            (
                new | {"Task": "Write", "Record type": "Lead", "Record": "jan@example.com", "For": bob.email}
            ).values()
        ),
        list(
            (
                new | {"Task": "Sent", "Record": f"#{lead.pk}", "Record type": "lead", "Completed": "yes"}
            ).values()
        ),
    ]
    imported = checked(browser, rows)
    assert verdicts(imported) == {"changed": 1, "new": 3}, reasons(imported)
    plan = shown(browser, imported, "plan").text
    assert "Call again" in plan
    assert "Omnia SRL" in plan
    apply(browser, imported)
    known.refresh_from_db()
    assert (known.title, known.due_on) == ("Call again", date(2026, 7, 2))
    added = Task.objects.present().exclude(pk=known.pk).order_by("title")
    assert list(added.values_list("title", "of", "record", "user", "due_on")) == [
        ("Sent", "lead", lead.pk, None, None),
        ("Visit", "company", company.pk, None, date(2026, 7, 3)),
        ("Write", "lead", lead.pk, bob.pk, None),
    ]
    assert added[0].done_by == ann
    assert "4 tasks" in browser.get(page(imported, "import")).text
    record = Operation.objects.get(kind="import")
    assert (record.matched, record.changed) == (4, 4)
    assert browser.get(f"/admin/operations/{record.pk}").status_code == 200
    revert_operation(record, by=ann)
    known.refresh_from_db()
    assert (known.title, known.due_on) == ("Call back", date(2026, 6, 1))
    assert list(Task.objects.present()) == [known]


def test_a_file_of_another_program_is_recognized_and_links_by_email_and_name(
    sign_in, ann, lead, make_company
):
    make_company("Omnia SRL")
    heads = ["Subject", "Due date", "Assigned to", "Status", "Lead", "Company"]
    rows = [
        heads,
        ["Call", "2026-06-01 14:30", ann.email, "Open", "jan@example.com", None],
        ["Visit", "2026-06-02", None, "Completed", None, "Omnia SRL"],
        ["Visit", "2026-06-02", None, "Completed", None, "Omnia SRL"],
    ]
    browser = sign_in(ann)
    imported = checked(browser, rows)
    assert "This sheet has tasks." in shown(browser, imported, "columns").text
    assert verdicts(imported) == {"new": 2, "left_out": 1}, reasons(imported)
    apply(browser, imported)
    call, visit = Task.objects.order_by("title")
    assert (call.due_on, call.due_time, call.user, call.is_done) == (
        date(2026, 6, 1),
        time(14, 30),
        ann,
        False,
    )
    assert (visit.of, visit.is_done) == ("company", True)
    again = checked(browser, rows)
    assert verdicts(again) == {"left_out": 3}


def test_each_wrong_row_says_why(sign_in, ann, someone_with, lead, make_company):
    make_company("Omnia SRL")
    make_company("Omnia SRL")
    eve = someone_with("view_company")
    rows = [
        HEADS,
        ["A", "2026-06-01", None, "Lead", "Unknown", None],
        ["B", "2026-06-01", None, "Company", "Omnia SRL", None],
        ["C", "someday", None, "Lead", f"#{lead.pk}", None],
        ["D", "2026-06-01", eve.email, "Lead", f"#{lead.pk}", None],
        ["", "2026-06-01", None, "Lead", f"#{lead.pk}", None],
        ["F", "2026-06-01", None, "Ship", f"#{lead.pk}", None],
        ["G", "2026-06-01", None, "Lead", None, None],
    ]
    imported = checked(sign_in(ann), rows)
    assert verdicts(imported) == {"error": 7}
    said = "\n".join(reasons(imported))
    for part in [
        "No record is named “Unknown”.",
        "2 companies match “Omnia SRL”.",
        "This user doesn’t have access to the record.",
        "Enter what is to be done.",
        "There’s no record type “Ship”.",
        "Enter the record of this task.",
    ]:
        assert part in said, said
    assert len(reasons(imported)) == 7


def test_a_row_with_an_unknown_id_or_another_record_is_refused(sign_in, ann, lead, make_task):
    task = make_task("Call back", lead)
    heads = ["Task ID", "Task", "Record type", "Record"]
    imported = checked(
        sign_in(ann), [heads, [task.pk + 7, "Stolen", None, None], [task.pk, "Moved", "Lead", "Someone else"]]
    )
    assert verdicts(imported) == {"error": 2}
    first, second = reasons(imported)
    assert first.startswith("You don’t have access to a task with this ID.")
    assert second == "A task can’t move to another record."


def test_a_newer_edit_is_not_overwritten_unless_the_user_says_so(sign_in, ann, lead, make_task):
    browser = sign_in(ann)
    task = make_task("Call back", lead, user=ann)
    head, row = rows_of(exported(browser))
    assert carry_out_on_tasks(EditTask({"title": "Call soon"}), [task.pk], by=ann).changed == [task.pk]
    assert verdicts(checked(browser, [head, row])) == {"unchanged": 1}
    row[head.index("Task")] = "Call never"
    row[head.index("Due")] = date(2026, 7, 2)
    imported = checked(browser, [head, row])
    assert verdicts(imported) == {"changed": 1}
    (section,) = shown(browser, imported, "plan").context["sections"]
    (line,) = section.lines
    assert [cell.heading for cell in line.changes] == ["Due"]
    (conflict,) = line.conflicts
    assert (conflict.heading, conflict.file, conflict.now, conflict.who) == (
        "Task", "Call never", "Call soon", "Ann"
    )  # fmt: skip
    answer_plan(browser, imported, take_2_title="file")
    apply(browser, imported)
    task.refresh_from_db()
    assert (task.title, task.due_on) == ("Call never", date(2026, 7, 2))


def test_a_task_that_was_reassigned_since_the_file_was_made_stays_with_its_new_user(
    sign_in, ann, bob, ben, lead, make_task
):
    browser = sign_in(ann)
    task = make_task("Call back", lead, user=ann)
    head, row = rows_of(exported(browser))
    assert carry_out_on_tasks(EditTask({"user": bob}), [task.pk], by=ann).changed == [task.pk]
    row[head.index("For")] = ben.email
    imported = checked(browser, [head, row])
    (section,) = shown(browser, imported, "plan").context["sections"]
    assert [(conflict.heading, conflict.now) for conflict in section.lines[0].conflicts] == [("For", "Bob")]
    assert not imported.counts.get("change")


def test_without_the_export_permission_of_a_record_type_its_tasks_are_not_in_the_file(
    sign_in, someone_with, lead, make_company, make_task
):
    make_task("Of the lead", lead)
    make_task("Of the company", make_company("Omnia SRL"))
    eve = someone_with("view_lead", "export_lead", "view_company", "see_departments")
    head, *rows = rows_of(exported(sign_in(eve)))
    assert [row[head.index("Task")] for row in rows] == ["Of the lead"]


def test_without_any_export_permission_the_page_is_closed(sign_in, someone_with, lead):
    browser = sign_in(someone_with("view_lead", "see_departments"))
    assert browser.get(ADDRESS).status_code == 403
    assert browser.post(ADDRESS, {"format": "csv"}).status_code == 403
    assert ADDRESS not in browser.get("/admin/tasks").text


def test_many_tasks_need_approval(sign_in, someone_with, lead, make_task, settings):
    settings.EXPORT_APPROVAL_ABOVE = 1
    make_task("One", lead)
    make_task("Two", lead)
    browser = sign_in(someone_with("view_lead", "export_lead", "see_departments"))
    answer = browser.post(f"{ADDRESS}?user=all", {"format": "csv"})
    assert (answer.status_code, Export.objects.count()) == (422, 0)
    assert "Exports of more than 1 tasks require approval." in answer.text


def test_without_the_import_permission_of_a_record_type_its_tasks_are_refused(
    sign_in, someone_with, lead, make_company
):
    make_company("Omnia SRL")
    eve = someone_with(
        *(
            "view_lead",
            "add_lead",
            "change_lead",
            "import_lead",
            "view_company",
            "change_company",
            "see_departments",
        )
    )
    rows = [HEADS, ["A", "2026-06-01", None, "Company", "Omnia SRL", None]]
    imported = checked(sign_in(eve), rows)
    assert reasons(imported) == ["You don’t have permission to import tasks of companies."]


def test_a_sheet_of_tasks_is_recognized_beside_that_of_the_leads(sign_in, ann, lead):
    book = openpyxl.load_workbook(io.BytesIO(workbook([["Last name", "E-mail"], ["Pop", "pop@example.com"]])))
    sheet = book.create_sheet("Tasks")
    for row in [HEADS, ["A", "2026-06-01", None, "Lead", "jan@example.com", None]]:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    imported = upload(sign_in(ann), out.getvalue())
    assert [(part["sheet"], part["tasks"]) for part in imported.parts] == [("Leads", False), ("Tasks", True)]


def test_a_task_of_a_record_that_the_user_may_not_change_stays(sign_in, someone_with, ann, lead, make_task):
    task = make_task("Call back", lead, user=ann)
    eve = someone_with("view_lead", "add_lead", "import_lead", "see_departments")
    heads = ["Task ID", "Task", "Record type", "Record"]
    rows = [heads, [task.pk, "Stolen", None, None], [None, "New", "Lead", f"#{lead.pk}"]]
    imported = checked(sign_in(eve), rows)
    assert verdicts(imported) == {"error": 2}
    assert reasons(imported)[0] == "You don’t have permission to change this task."


def test_a_task_edited_after_the_preview_keeps_the_edit(sign_in, ann, lead, make_task):
    task = make_task("Call back", lead, user=ann)
    browser = sign_in(ann)
    imported = checked(browser, [["Task ID", "Task"], [task.pk, "Call never"]])
    carry_out_on_tasks(EditTask({"title": "Call soon"}), [task.pk], by=ann)
    apply(browser, imported)
    task.refresh_from_db()
    assert task.title == "Call soon"
    assert Operation.objects.get(kind="import").changed == 0


def test_a_user_and_a_priority_that_do_not_exist_are_mapped_once_for_all_rows(sign_in, ann, bob, lead):
    heads = ["Task", "Due date", "Assignee", "Priority", "Record type", "Record"]
    rows = [
        heads,
        ["A", "2026-06-01", "Robert M.", "Urgent", "Lead", f"#{lead.pk}"],
        ["B", "2026-06-01", "robert m.", None, "Lead", f"#{lead.pk}"],
    ]
    browser = sign_in(ann)
    imported = checked(browser, rows)
    assert browser.get(page(imported, "import")).url == page(imported, "values")
    assert [(group.heading, group.total) for group in groups(browser, imported)] == [
        ("Priority", 1),
        ("For", 1),
    ]
    decide(browser, imported, task_user={"Robert M.": str(bob.pk)}, task_priority={"Urgent": "high"})
    assert verdicts(imported) == {"new": 2}
    apply(browser, imported)
    found = Task.objects.order_by("title").values_list("title", "user", "priority")
    assert list(found) == [("A", bob.pk, "high"), ("B", bob.pk, "normal")]


def groups(browser, imported) -> list:
    return list(shown(browser, imported, "values").context["form"].build_groups())


def test_a_column_of_tasks_can_be_mapped_by_hand(sign_in, ann, lead):
    rows = [["Task", "Due date", "Lead", "What to say"], ["A", "2026-06-01", "jan@example.com", "Hello"]]
    browser = sign_in(ann)
    imported = upload(browser, rows, "tasks.xlsx")
    assert imported.mapping[3] == ""
    form = shown(browser, imported, "columns").context["form"]
    answer = browser.post(page(imported, "columns"), filled_in(form) | {"column_3": "task_title"})
    assert answer.status_code == 422
    assert "The column “Task” is already mapped to this field." in answer.text
    choose(browser, imported, "columns", column_3="task_description")
    apply(browser, imported)
    assert Task.objects.get().description == "Hello"


def test_repeated_headers_and_totals_are_skipped_with_their_row_numbers(sign_in, ann, lead):
    rows = [
        [*HEADS, "Hours"],
        ["Call back", "2026-12-24", "", "Lead", f"#{lead.pk}", "", "2"],
        [*HEADS, "Hours"],
        ["Send the offer", "2026-12-28", "", "Lead", f"#{lead.pk}", "", "3"],
        ["Total", "", "", "", "", "", "5"],
    ]
    browser = sign_in(ann)
    imported = checked(browser, rows)
    assert verdicts(imported) == {"new": 2, "left_out": 2}, reasons(imported)
    text = close_up(shown(browser, imported, "plan").text)
    assert "Row 3 repeats the header, so it’s skipped. Row 5 only has totals, so it’s skipped." in text
    apply(browser, imported)
    assert sorted(Task.objects.values_list("title", flat=True)) == ["Call back", "Send the offer"]
