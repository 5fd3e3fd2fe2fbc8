"""export: whole lists and changes, to files that are complete or not there."""

import csv
import json

import httpx
import openpyxl
import pytest
from leadwell.failures import Exit

from leads.models import Lead


@pytest.fixture
def leads(make_lead, ann):
    return [
        make_lead(f"Eva Berg{number}", owner=ann, email=f"eva{number}@example.com", company="=1+1")
        for number in range(5)
    ]


@pytest.fixture(autouse=True)
def small_pages(monkeypatch):
    monkeypatch.setattr("leadwell.record_pages.LARGEST_PAGE", 2)


def read_csv(path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_an_export_has_every_record_of_every_page(ann_types, leads, tmp_path):
    answered = ann_types("leads", "export", "--output", "leads.csv")
    assert "Exported 5 leads to leads.csv." in answered.err
    assert answered.out == ""
    rows = read_csv(tmp_path / "leads.csv")
    assert {row["id"] for row in rows} == {str(lead.pk) for lead in leads}
    assert {row["company"] for row in rows} == {"'=1+1"}


def test_an_export_to_excel_has_numbers_and_texts(ann_types, leads, tmp_path):
    ann_types("leads", "export", "-o", "leads.xlsx", "--names", "--fields", "id,company,status,owner")
    (head, *rows) = openpyxl.load_workbook(tmp_path / "leads.xlsx").active.iter_rows()
    assert [cell.value for cell in head] == ["id", "company", "status", "owner"]
    assert len(rows) == 5
    assert {row[0].data_type for row in rows} == {"n"}
    assert {(row[1].value, row[1].data_type) for row in rows} == {("=1+1", "s")}
    assert {(row[2].value, row[3].value) for row in rows} == {("New", "Ann")}


def test_an_export_of_json_lines_has_records_as_the_api_has_them(ann_types, leads, tmp_path):
    ann_types("leads", "export", "-o", "leads.jsonl", "-f", "last_name.is=Berg3")
    (one,) = [json.loads(line) for line in (tmp_path / "leads.jsonl").read_text().splitlines()]
    assert one == ann_types("leads", "get", leads[3].pk, "-o", "json").json


def test_an_export_that_fails_leaves_the_former_file(ann_types, leads, server, tmp_path):
    (tmp_path / "leads.csv").write_text("former")
    calls = len(server.called)
    server.faults = [None, None, None, *[httpx.ConnectError("gone")] * 20]
    ann_types("leads", "export", "-o", "leads.csv", code=Exit.CONNECTION)
    assert len(server.called) > calls + 3
    assert (tmp_path / "leads.csv").read_text() == "former"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config", "leads.csv"]


def test_a_file_of_another_kind_is_refused_before_anything_is_read(ann_types, server):
    before = len(server.called)
    ann_types("leads", "export", "-o", "leads.pdf", code=Exit.USAGE)
    assert len(server.called) == before
    ann_types("leads", "export", "-o", "nowhere/leads.csv", code=Exit.USAGE)


@pytest.mark.django_db(transaction=True)
def test_changes_since_a_cursor_are_what_has_changed_since_then(ann_types, leads, tmp_path):
    cursor = ann_types("leads", "export", "-o", "changes.jsonl", "--changes-since", "start").out.strip()
    ann_types("leads", "edit", leads[0].pk, "city=Vienna")
    ann_types("leads", "delete", leads[1].pk, "--yes")
    new = ann_types("leads", "export", "-o", "changes.jsonl", "--changes-since", cursor)
    assert new.out.strip() != cursor
    assert "Exported 2 changes" in new.err
    told = [json.loads(line) for line in (tmp_path / "changes.jsonl").read_text().splitlines()]
    assert [line["id"] for line in told] == [leads[0].pk, leads[1].pk]
    ann_types("leads", "export", "-o", "a.csv", "--changes-since", cursor, "-f", "vip=yes", code=Exit.USAGE)
    ann_types("leads", "export", "-o", "a.csv", "--changes-since", "bogus", code=Exit.REFUSED)
    assert not (tmp_path / "a.csv").exists()


def test_an_export_with_names_can_be_imported_again(ann_types, leads, tmp_path):
    ann_types("leads", "export", "-o", "leads.csv", "--names")
    text = (tmp_path / "leads.csv").read_text(encoding="utf-8-sig")
    (tmp_path / "changed.csv").write_text(text.replace("Berg3", "Sommer"))
    answered = ann_types("leads", "import", "changed.csv", "--json")
    assert {name: answered.json[name] for name in ("added", "changed", "unchanged", "refused")} == {
        "added": 0,
        "changed": 1,
        "unchanged": 4,
        "refused": [],
    }
    assert Lead.objects.filter(last_name="Sommer", company="=1+1").count() == 1


@pytest.mark.parametrize("kind", ["companies", "contacts", "deals", "requests", "tasks", "activities"])
def test_every_kind_is_exported(ann_types, make_company, ann, kind, tmp_path):
    make_company(owner=ann)
    ann_types(kind, "export", "-o", "file.csv")
    assert len(read_csv(tmp_path / "file.csv")) == (kind == "companies")
