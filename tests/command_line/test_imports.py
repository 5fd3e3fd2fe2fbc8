"""import: files of all kinds become records, and what is refused is named with its row."""

import csv
import datetime

import openpyxl
import pytest
from leadwell.failures import Exit

from crm.models import Operation
from leads.models import Lead

PEOPLE = "First name;Last name;email;City;Status;Tags\nAna;Albu;ana@example.com;Cluj;New;fair, hot\nDan;Dinu;dan@example.com;;Contacted;\n"


@pytest.fixture
def tags(make_tag):
    return [make_tag("fair"), make_tag("hot")]


def write(path, text: str, encoding: str = "utf-8"):
    path.write_bytes(text.encode(encoding))
    return path.name


def get_leads(*fields: str) -> list[tuple]:
    return list(Lead.objects.order_by("pk").values_list(*fields))


def test_columns_go_by_name_or_label_and_names_become_ids(ann_types, tags, tmp_path):
    answered = ann_types("leads", "import", write(tmp_path / "people.csv", PEOPLE))
    assert "2 added, 0 changed, 0 unchanged." in answered.err
    assert get_leads("first_name", "last_name", "email", "city", "status__key") == [
        ("Ana", "Albu", "ana@example.com", "Cluj", "new"),
        ("Dan", "Dinu", "dan@example.com", "", "contacted"),
    ]
    assert set(Lead.objects.order_by("pk")[0].tags) == {tag.pk for tag in tags}
    operation = Operation.objects.filter(kind="add").latest("pk").pk
    assert f"leadwell undo {operation}" in answered.err
    assert not (tmp_path / "people.refused.csv").exists()
    assert list((tmp_path / "config" / "leadwell" / "imports").glob("*.jsonl")) == []


def test_refused_rows_are_named_and_can_be_corrected_and_imported(ann_types, tmp_path):
    text = (
        "last_name,email,status\nAlbu,ana@example.com,New\nDinu,no address,New\nEnache,eva@example.com,Nope\n"
    )
    answered = ann_types("leads", "import", write(tmp_path / "a.csv", text), "--json", code=Exit.REFUSED)
    assert answered.json["added"] == 1
    assert [one["row"] for one in answered.json["refused"]] == [3, 4]
    assert "Row 3: email: Enter a valid email address." in answered.err
    with (tmp_path / "a.refused.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert [(row["last_name"], row["Leadwell error"][:26]) for row in rows] == [
        ("Dinu", "email: Enter a valid email"),
        ("Enache", "'Nope' isn't one of the st"),
    ]
    corrected = (
        (tmp_path / "a.refused.csv")
        .read_text()
        .replace("no address", "dan@example.com")
        .replace(",Nope,", ",New,")
    )
    write(tmp_path / "b.csv", corrected)
    ann_types("leads", "import", "b.csv")
    assert Lead.objects.count() == 3


def test_a_preview_checks_every_row_and_writes_nothing(ann_types, tmp_path):
    before = Operation.objects.count()
    text = "last_name,email\nAlbu,ana@example.com\nDinu,no address\n"
    answered = ann_types(
        "leads", "import", write(tmp_path / "a.csv", text), "--preview", "--json", code=Exit.REFUSED
    )
    assert answered.json["importable"] == 1
    assert answered.json["refused"] == [{"row": 3, "error": "email: Enter a valid email address."}]
    assert "Nothing was written." in answered.err
    assert (Lead.objects.count(), Operation.objects.count()) == (0, before)


def test_existing_records_are_found_by_a_field(ann_types, make_lead, ann, tmp_path):
    make_lead("Ana Albu", owner=ann, email="ana@example.com", city="Brno")
    name = write(
        tmp_path / "a.csv", "email,last_name,city\nANA@example.com,Albu,\ndan@example.com,Dinu,Cluj\n"
    )
    assert ann_types("leads", "import", name, "--match", "email", "--json").json["added"] == 1
    # An empty cell leaves a field as it is.
    assert get_leads("last_name", "city") == [("Albu", "Brno"), ("Dinu", "Cluj")]


def test_a_column_that_means_no_field_stops_before_anything_is_sent(ann_types, server, tmp_path):
    name = write(tmp_path / "a.csv", "last_name,E-mail address,Shoe size\nAlbu,ana@example.com,38\n")
    answered = ann_types("leads", "import", name, code=Exit.USAGE)
    assert "These columns mean no field of leads: E-mail address, Shoe size." in answered.err
    assert server.count("POST", "/batch") == 0
    ann_types("leads", "import", name, "--map", "E-mail address=email", "--map", "Shoe size=")
    assert get_leads("email") == [("ana@example.com",)]


@pytest.mark.parametrize(
    ("text", "words", "sentence"),
    [
        ("last_name,Last name\nA,B\n", [], "Several columns are the field last_name"),
        ("last_name,last_name\nA,B\n", [], "Two columns"),
        ("", [], "no headers"),
        ("id\n17\n", [], "no column that is a field"),
        ("last_name\nA\n", ["--map", "last_name=bogus"], "'bogus' isn't a field"),
        ("last_name\nA\n", ["--map", "Nope=email"], "no column 'Nope'"),
        ("last_name\nA\n", ["--map", "email"], "doesn't say which field"),
        ("last_name,city\nA,B,C\n", [], "Row 2 of a.csv has more cells"),
        ('last_name\n"A\n', [], "isn't a readable CSV file"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused_with_a_sentence(
    ann_types, server, tmp_path, text, words, sentence
):
    answered = ann_types("leads", "import", write(tmp_path / "a.csv", text), *words, code=Exit.USAGE)
    assert sentence in answered.err
    assert server.count("POST", "/batch") == 0


@pytest.mark.parametrize(
    ("encoding", "words"),
    [("utf-8", []), ("utf-8-sig", []), ("utf-16", []), ("windows-1250", ["--encoding", "windows-1250"])],
)
def test_encodings_are_recognized_or_named(ann_types, tmp_path, encoding, words):
    name = write(tmp_path / "a.csv", "last_name\nȚepeș\n".replace("Ț", "T").replace("ș", "ş"), encoding)
    ann_types("leads", "import", name, *words)
    assert get_leads("last_name") == [("Tepeş",)]


def test_another_encoding_is_not_guessed(ann_types, tmp_path):
    name = write(tmp_path / "a.csv", "last_name\nTepeş\n", "windows-1250")
    assert "--encoding windows-1250" in ann_types("leads", "import", name, code=Exit.USAGE).err
    ann_types("leads", "import", name, "--encoding", "bogus", code=Exit.USAGE)


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_delimiters_are_recognized(ann_types, tmp_path, mark):
    text = mark.join(["last_name", "city"]) + "\n" + mark.join(["Albu", '"Cluj, Iași; all|tab\t"']) + "\n"
    ann_types("leads", "import", write(tmp_path / "a.csv", text))
    assert get_leads("last_name", "city") == [("Albu", "Cluj, Iași; all|tab")]


def test_an_excel_file_has_dates_and_whole_numbers(ann_types, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["last_name", "zip", "value", "next_action", "next_action_on", "vip"])
    book.active.append(["Albu", 1010.0, 1250.5, "Call", datetime.date(2026, 12, 1), True])
    book.active.append([None] * 6)
    book.active.append(["=Dinu", None, None, None, None, None])
    book.active["A4"].data_type = "s"
    book.save(tmp_path / "a.xlsx")
    ann_types("leads", "import", "a.xlsx")
    (first, second) = Lead.objects.order_by("pk")
    assert (first.zip, float(first.value), first.next_action_on, first.vip) == (
        "1010",
        1250.5,
        datetime.date(2026, 12, 1),
        True,
    )
    assert second.last_name == "=Dinu"


def test_json_lines_have_values_and_null_clears(ann_types, make_lead, ann, tmp_path):
    lead = make_lead("Ana Albu", owner=ann, city="Brno")
    lines = f'{{"id": {lead.pk}, "city": null}}\n\n{{"last_name": "Dinu", "vip": true, "url": "ignored"}}\n'
    assert ann_types("leads", "import", write(tmp_path / "a.jsonl", lines), "--json").json["changed"] == 1
    assert get_leads("last_name", "city", "vip") == [("Albu", "", False), ("Dinu", "", True)]
    for wrong in ("[1]\n", "{\n"):
        ann_types("leads", "import", write(tmp_path / "a.jsonl", wrong), code=Exit.USAGE)


def test_custom_fields_go_by_key_or_label(ann_types, make_field, tmp_path):
    course, size = make_field("Course", "choice", choices=["Maths", "Music"]), make_field("Size", "number")
    name = write(tmp_path / "a.csv", f"last_name,Course,{size.name}\nAlbu,music,12.0\nDinu,Sport,\n")
    answered = ann_types("leads", "import", name, code=Exit.REFUSED)
    assert "Row 3: 'Sport' isn't a choice of Course: Maths, Music." in answered.err
    (lead,) = ann_types("leads", "list", "-o", "json").json
    assert lead["custom_fields"] == {course.name: "o2", size.name: 12}


def test_many_rows_are_sent_in_batches(ann_types, server, tmp_path):
    text = "last_name\n" + "".join(f"Albu{number}\n" for number in range(23))
    answered = ann_types("leads", "import", write(tmp_path / "a.csv", text), "--batch-size", "10", "--json")
    assert answered.json["added"] == 23
    assert len(answered.json["operations"]) == 3
    assert server.count("POST", "/leads/batch") == 3
    assert get_leads("last_name") == [(f"Albu{number}",) for number in range(23)]


def test_a_batch_is_smaller_than_a_body_may_be(ann_types, server, tmp_path, monkeypatch):
    monkeypatch.setattr("leadwell.transfer.sending.LARGEST_BODY", 2_000)
    text = "last_name,description\n" + "".join(f"Albu{number},{'x' * 900}\n" for number in range(5))
    assert ann_types("leads", "import", write(tmp_path / "a.csv", text), "--json").json["added"] == 5
    assert server.count("POST", "/leads/batch") == 3
    assert all(len(one.content) < 2_500 for one in server.called)


def test_an_import_can_begin_with_a_later_row(ann_types, tmp_path):
    name = write(tmp_path / "a.csv", "last_name\nAlbu\nDinu\nEnache\n")
    ann_types("leads", "import", name, "--from-row", "3")
    assert get_leads("last_name") == [("Dinu",), ("Enache",)]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("companies", "Name\nOmnia\n"),
        ("contacts", "Last name\nAlbu\n"),
        ("deals", "Name,Amount\n200 licenses,12.5\n"),
    ],
)
def test_every_kind_of_records_is_imported(ann_types, tmp_path, kind, text):
    assert ann_types(kind, "import", write(tmp_path / "a.csv", text), "--json").json["added"] == 1


def test_a_token_that_may_not_add_is_refused(signed_in, ann, tmp_path):
    leadwell = signed_in(ann, ["leads.get"])
    leadwell("leads", "import", write(tmp_path / "a.csv", "last_name\nAlbu\n"), code=Exit.REFUSED)
    assert Lead.objects.count() == 0
