"""The plan of an import: the result of each row, and that exactly this is applied and undone."""

import json

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from crm.models import Import, Notification, Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from leads.models import Lead
from leads.verbs import Edit
from tests.crm.transfer.imports.importing import answer_plan, apply, choose, page, shown, upload, verdicts
from tests.merged import as_merged

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])

HEAD = ["First name", "Last name", "E-mail", "City"]


def planned(browser, rows, **columns) -> Import:
    return choose(browser, upload(browser, rows), "columns", **columns)


def table(name: str, but: tuple = ()) -> list[dict]:
    """All rows of a table without counters and timestamps."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT to_jsonb(t) FROM {name} t ORDER BY id")
        rows = [json.loads(row) for (row,) in cursor.fetchall()]
    return [{key: value for key, value in row.items() if key not in but} for row in rows]


def test_each_row_is_new_changed_unchanged_a_duplicate_or_invalid_and_nothing_else(sign_in, ann, make_lead):
    make_lead("Jan Novák", email="jan@example.com", city="Praha")
    make_lead("Eva Malá", email="eva@example.com", city="Brno")
    browser = sign_in(ann)
    imported = planned(
        browser,
        [
            HEAD,
            ["Ana", "Pop", "ana@example.com", "Cluj"],
            ["Jan", "Novák", "JAN@example.com", "Plzeň"],
            ["Eva", "Malá", "eva@example.com", "Brno"],
            ["Ana", "Popa", "ana@example.com", "Iași"],
            ["Ion", "Rău", "not an address", "Arad"],
        ],
    )
    # A row matched by email that would change a lead is a duplicate, which offers a choice.
    assert verdicts(imported) == {"new": 1, "duplicate": 2, "unchanged": 1, "error": 1}
    assert (imported.counts["add"], imported.counts["change"]) == (1, 1)
    assert not Lead.objects.filter(last_name="Pop").exists()
    text = shown(browser, imported, "plan").text
    assert "rows checked" in text
    assert "Row 2 in the file" in text
    assert "Apply: add 1, change 1" in text


def test_exactly_the_plan_is_applied_in_one_operation(sign_in, ann, make_lead):
    jan = make_lead("Jan Novák", email="jan@example.com", city="Praha", title="Buyer")
    browser = sign_in(ann)
    imported = planned(
        browser, [HEAD, ["Ana", "Pop", "ana@example.com", "Cluj"], ["", "", "jan@example.com", "Plzeň"]]
    )
    imported = apply(browser, imported)
    jan.refresh_from_db()
    # An empty cell clears nothing.
    assert (jan.first_name, jan.city, jan.title, jan.version) == ("Jan", "Plzeň", "Buyer", 2)
    ana = Lead.objects.get(last_name="Pop")
    assert (ana.city, ana.created_by, ana.owner, ana.source.key, ana.status.key) == (
        "Cluj",
        ann,
        None,
        "other",
        "new",
    )
    record = Operation.objects.get(kind="import")
    assert imported.operation == record
    assert (record.matched, record.changed, record.unchanged, record.refused) == (2, 2, 0, 0)
    text = shown(browser, imported, "import").text
    assert "Imported leads.xlsx" in text
    assert reverse("operation_undo", args=[record.pk]) in text


def test_undo_restores_the_tables(sign_in, ann, bob, make_lead, make_tag):
    make_lead(
        "Jan Novák",
        email="jan@example.com",
        city="Praha",
        owner=bob,
        tags=[make_tag("old").pk],
        phone="0722 1",
    )
    make_lead("Eva Malá", email="eva@example.com", country="CZ", value="10.00")
    before = table("leads_lead", but=("version", "updated_at"))
    browser = sign_in(ann)
    head = [*HEAD, "Phone", "Status", "Owner", "Value", "Tags", "Country"]
    rows = [
        head,
        [
            "",
            "",
            "jan@example.com",
            "Plzeň",
            "0040 722 123 456",
            "Contacted",
            "Ann <ann@example.com>",
            99.5,
            "old",
            "DE",
        ],
        ["Eva", "Veselá", "eva@example.com", "Brno", "", "Qualified", "", "1 234,50", "", "Austria"],
        ["Ana", "Pop", "ana@example.com", "Cluj", "", "", "", "", "", ""],
    ]
    imported = apply(browser, planned(browser, rows))
    assert (imported.counts["added"], imported.counts["done"]) == (1, 2)
    assert table("leads_lead", but=("version", "updated_at")) != before
    assert browser.post(reverse("operation_undo", args=[imported.operation_id])).status_code == 302
    after = table("leads_lead", but=("version", "updated_at"))
    assert [row for row in after if row["deleted_at"] is None] == before
    assert "This import was undone." in shown(browser, imported, "import").text


def test_the_receipt_leads_to_the_records_until_the_import_is_undone(sign_in, ann):
    browser = sign_in(ann)
    imported = apply(browser, planned(browser, [HEAD, ["Ana", "Pop", "", ""]]))
    listed, changes = f"/admin/leads?imported={imported.pk}", f"/admin/operations/{imported.operation_id}"
    receipt = shown(browser, imported, "import").text
    assert "View 1 lead\n" in receipt
    assert f'href="{listed}"' in receipt
    assert f'href="{changes}"' in receipt
    browser.post(reverse("operation_undo", args=[imported.operation_id]))
    receipt = shown(browser, imported, "import").text
    assert "View 1 lead\n" not in receipt
    assert f'href="{listed}"' not in receipt
    assert f'href="{changes}"' in receipt


def test_clicking_apply_twice_is_one_operation(sign_in, ann):
    browser = sign_in(ann)
    imported = planned(browser, [HEAD, ["Ana", "Pop", "", ""]])
    made = imported.counts["made"]
    first, second = (browser.post(page(imported, "plan"), {"apply": made}) for _press in range(2))
    assert first["Location"] == second["Location"] == page(imported, "import")
    assert Operation.objects.filter(kind="import").count() == 1
    assert Lead.objects.count() == 1


def test_a_new_plan_is_not_applied_unseen(sign_in, ann):
    browser = sign_in(ann)
    imported = planned(browser, [HEAD, ["Ana", "Pop", "", ""]])
    seen = imported.counts["made"]
    browser.post(page(imported, "check"))
    answer = browser.post(page(imported, "plan"), {"apply": seen}, follow=True)
    assert "The preview has been updated in the meantime." in answer.text
    assert not Lead.objects.exists()


def test_leads_changed_since_the_plan_was_made_are_listed_and_not_overwritten(sign_in, ann, bob, make_lead):
    jan = make_lead("Jan Novák", email="jan@example.com", city="Praha")
    browser = sign_in(ann)
    imported = planned(browser, [HEAD, ["", "", "jan@example.com", "Plzeň"], ["Ana", "Pop", "", ""]])
    carry_out(Edit({"city": "Ostrava"}), Lead.objects.changeable_by(ann).filter(pk=jan.pk), by=ann)
    imported = apply(browser, imported)
    jan.refresh_from_db()
    assert jan.city == "Ostrava"
    assert (imported.counts["added"], imported.counts["done"]) == (1, 0)
    text = shown(browser, imported, "import").text
    assert "This record has changed since the preview was created." in text


def test_a_plan_that_assigns_leads_to_a_deactivated_user_is_not_applied(sign_in, ann, bob):
    browser = sign_in(ann)
    imported = planned(browser, [[*HEAD, "Owner"], ["Ana", "Pop", "", "", "bob@example.com"]])
    bob.is_active = False
    bob.save()
    answer = browser.post(page(imported, "plan"), {"apply": imported.counts["made"]}, follow=True)
    assert "Check the file again." in answer.text
    assert not Lead.objects.exists()
    browser.post(page(imported, "check"))
    imported.refresh_from_db()
    assert verdicts(imported) == {"error": 1}


def test_each_owner_gets_one_notification_about_new_leads_unless_muted(sign_in, ann, bob, ben):
    browser = sign_in(ann)
    rows = [
        ["Last name", "Owner"],
        *([f"Pop {n}", "bob@example.com"] for n in range(3)),
        ["Rău", "ben@example.com"],
    ]
    apply(browser, planned(browser, rows))
    told = Notification.objects.filter(kind="assigned")
    assert {row.user: row.parameters["count"] for row in told} == {bob: 3, ben: 1}
    apply(browser, planned(browser, rows, silent="on"))
    assert told.count() == 2


def test_duplicates_are_updated_filled_skipped_or_added_one_by_one(sign_in, ann, make_lead):
    for number in range(4):
        make_lead(f"Jan N{number}", email=f"jan{number}@example.com", city="Praha")
    browser = sign_in(ann)
    imported = planned(
        browser,
        [[*HEAD, "Postcode"], *(["", f"N{n}", f"jan{n}@example.com", "Plzeň", "007"] for n in range(4))],
    )
    assert verdicts(imported) == {"duplicate": 4}
    imported = answer_plan(
        browser, imported, choice_2="update", choice_3="fill", choice_4="leave", choice_5="new"
    )
    assert (imported.counts["add"], imported.counts["change"]) == (1, 2)
    apply(browser, imported)
    found = Lead.objects.order_by("pk").values_list("last_name", "city", "zip")
    assert list(found) == [
        ("N0", "Plzeň", "007"),
        ("N1", "Praha", "007"),
        ("N2", "Praha", ""),
        ("N3", "Praha", ""),
        ("N3", "Plzeň", "007"),
    ]


def test_all_duplicates_can_be_skipped_at_once(sign_in, ann, make_lead):
    for number in range(3):
        make_lead(f"Jan N{number}", email=f"jan{number}@example.com", city="Praha")
    browser = sign_in(ann)
    imported = planned(browser, [HEAD, *(["", "", f"jan{n}@example.com", "Plzeň"] for n in range(3))])
    imported = answer_plan(browser, imported, all_duplicates="leave")
    assert imported.counts.get("change", 0) == 0
    assert "There are no changes to apply." in shown(browser, imported, "plan").text


@pytest.mark.parametrize(
    ("mode", "expected"), [("create", {"new": 1, "left_out": 1}), ("update", {"left_out": 1, "duplicate": 1})]
)
def test_an_import_can_be_limited_to_new_or_existing_leads(sign_in, ann, make_lead, mode, expected):
    make_lead("Jan Novák", email="jan@example.com", city="Praha")
    rows = [HEAD, ["Ana", "Pop", "", ""], ["", "", "jan@example.com", "Plzeň"]]
    assert verdicts(planned(sign_in(ann), rows, mode=mode)) == expected


def test_a_lead_is_matched_by_its_phone_in_any_format(sign_in, ann, make_lead):
    jan = make_lead("Jan Novák", phone="+40 722 123 456", phone_normal="+40722123456")
    rows = [["Last name", "Phone"], ["Novak", "0722-123-456"]]
    # The file has phones, so matching by phone is the default.
    imported = planned(sign_in(ann), rows)
    assert imported.options["match"] == "id_email_phone"
    assert verdicts(imported) == {"duplicate": 1}
    assert imported.plan.get().record == jan.pk
    assert verdicts(planned(sign_in(ann), rows, match="id_email")) == {"new": 1}


def test_a_lead_that_the_importer_cannot_see_is_never_revealed(sign_in, ann, departments, make_lead):
    hidden = make_lead(
        "Hidden Name", email="jan@example.com", phone_normal="+40722123456", department=departments.export
    )
    rows = [[*HEAD, "Phone"], ["Ana", "Pop", "jan@example.com", "Cluj", "0722 123 456"]]
    browser = sign_in(ann)
    imported = planned(browser, rows, match="id_email_phone")
    with_it = shown(browser, imported, "plan").context["sections"][0].lines
    assert verdicts(imported) == {"new": 1}
    assert "Hidden" not in shown(browser, imported, "plan").text
    assert (with_it[0].record, with_it[0].planned.record) == (None, None)
    # Its ID gets the same response as one that doesn't exist.
    sentences = []
    for number in (hidden.pk, 999_999):
        imported = planned(browser, [["Lead id", "Last name"], [f"#{number}", "Pop"]])
        ((_place, sentence),) = imported.plan.get().errors
        sentences.append(sentence)
    assert (
        sentences[0]
        == sentences[1]
        == "You don’t have access to a record with this ID. Clear the cell to add the row as a new record."
    )


def test_the_id_of_a_merged_record_names_the_one_it_was_merged_into(sign_in, ann, make_lead):
    """Unless the user may not change that one: then there is no such record."""
    one, other = make_lead("Ana Albu"), make_lead("Ana Pop")
    as_merged(one, other)
    imported = planned(sign_in(ann), [["Lead id", "City"], [f"#{one.pk}", "Sibiu"]])
    ((_place, sentence),) = imported.plan.get().errors
    assert sentence == (
        f"The record with this ID was merged into the record with the ID {other.pk}. Enter that ID to change it."
    )
    with operation("test", by=None):
        Lead.objects.filter(pk=other.pk).update(deleted_at=timezone.now())
    imported = planned(sign_in(ann), [["Lead id", "City"], [f"#{one.pk}", "Sibiu"]])
    assert "merged" not in imported.plan.get().errors[0][1]


def test_undo_restores_what_a_file_replaced_and_keeps_later_edits(sign_in, ann, bob, make_lead):
    kept = make_lead("Jan Novák", email="jan@example.com", city="Praha", title="Buyer")
    other = make_lead("Eva Malá", email="eva@example.com", city="Brno")
    browser = sign_in(ann)
    rows = [
        ["E-mail", "City", "Position"],
        ["jan@example.com", "Plzeň", "Chief"],
        ["eva@example.com", "Ostrava", ""],
        ["new@example.com", "Cluj", ""],
    ]
    apply(browser, planned(browser, rows))
    record = Operation.objects.get(kind="import")
    carry_out(Edit({"city": "Zlín"}), Lead.objects.filter(pk=kept.pk), by=bob)
    outcome = revert_operation(record, by=ann)
    kept.refresh_from_db()
    other.refresh_from_db()
    assert (kept.city, kept.title, other.city) == ("Zlín", "Buyer", "Brno")
    assert outcome.kept_count == 1
    assert not Lead.objects.present().filter(email="new@example.com").exists()
