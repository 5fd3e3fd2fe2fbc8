"""LibreOffice as the second reader and writer: it shows what was exported, and what it saves is read back unchanged."""

import csv
import io
import re
import subprocess
from datetime import date

import openpyxl
import pytest
from openpyxl.utils.escape import unescape

from crm.records.history.verb_execution import carry_out, operation
from crm.work.activities.verbs import AddActivity
from leads.models import Lead, Status
from tests.crm.transfer.exports.exporting import export, rows_of
from tests.crm.transfer.exports.test_status_choices import drop_down
from tests.crm.transfer.imports.importing import apply, choose, shown, upload, verdicts
from tests.examples import one_in
from tests.leads.statuses.test_allowed_next import only_next
from tests.reports.workbooks.charts import get_charts

pytestmark = [
    pytest.mark.hard,
    pytest.mark.usefixtures("patient"),
    pytest.mark.django_db(transaction=True, databases=["default", "progress"]),
]

LEADS = 10_000
NASTY = [
    "=1+1", "+40 721 000 111", "-5", "@SUM(A1)", "007100", "0040", "00", "1E5", "1.0", "1/2", "TRUE", "12345678901234567890",
    "'quoted", '"', "a,b;c", "#N/A", "_x0041_", "Ștefan Țepeș", "e\u0301 a\u0308", "👩🏽‍💻 🇷🇴", "שלום עולם", "李明", "<b>&amp;</b>", "%s {0}",
    "first\nsecond", "tab\there", "a\u00a0b", "2026-11-20", "31.12.2026", "12:30", "null", "None", "x" * 140,
]  # fmt: skip


@pytest.fixture
def libreoffice(tmp_path):
    """libreoffice(data, "a.xlsx", "ods") is what LibreOffice saves after opening the file."""

    def convert(data: bytes, name: str, kind: str) -> bytes:
        source, into = tmp_path / "in" / name, tmp_path / "out"
        source.parent.mkdir(exist_ok=True)
        source.write_bytes(data)
        subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", kind, "--outdir", str(into), str(source)],
            check=True,
            capture_output=True,
            timeout=300,
        )  # fmt: skip
        return (into / f"{source.stem}.{kind.partition(':')[0]}").read_bytes()

    return convert


def nasty(count: int, departments, statuses, sources, tags, owner) -> list[Lead]:
    """Leads whose texts contain everything that spreadsheets like to change."""
    found = []
    for number in range(count):
        text = NASTY[number % len(NASTY)]
        found.append(
            Lead(
                first_name=text.replace("\n", " ")[:100],
                last_name=f"N{number}",
                company=text,
                title=NASTY[(number + 7) % len(NASTY)],
                phone=["0721 000 111", "+40721000111", "(800) - 456", "0040 721"][number % 4],
                zip=f"{number % 1000:06}",
                city=NASTY[(number + 3) % len(NASTY)],
                description=f"{text}\n{text}" if number else "long " * 6_553 + "er",
                value=[None, "0.10", "1234567.89", "5"][number % 4],
                country=["RO", "DE", "", "CI"][number % 4],
                next_action_on=date(2026, 1, 1 + number % 28) if number % 3 else None,
                tags=tags[: number % 3],
                vip=number % 2 == 0,
                owner=owner if number % 5 else None,
                status=statuses.new if number % 2 else statuses.contacted,
                source=sources.website,
                department=departments.sales,
            )
        )
    return found


@pytest.fixture
def many(departments, statuses, sources, make_tag, bob):
    tags = sorted(make_tag(name).pk for name in ("hot", 'fair, "big"', "=cold"))[:2]

    def make(count: int) -> None:
        with operation("test", by=None):
            Lead.objects.bulk_create(
                nasty(count, departments, statuses, sources, tags, bob), batch_size=2_000
            )

    return make


def planned(browser, data: bytes, name: str):
    imported = upload(browser, data, name)
    assert imported.stop_message == ""
    return choose(browser, imported, "columns")


@pytest.mark.parametrize("number", [1_000, pytest.param(LEADS, marks=pytest.mark.nightly)])
def test_many_leads_from_libreoffice_have_exactly_three_changed_cells(
    sign_in, ann, many, libreoffice, number
):
    many(number)
    browser = sign_in(ann)
    book = openpyxl.load_workbook(io.BytesIO(libreoffice(export(browser), "leads.xlsx", "xlsx")))
    sheet = book["Leads"]
    heads = {cell.value: cell.column for cell in sheet[1]}
    wanted = {}
    late = number * 9 // 10
    for row, head, value in ((2, "City", "Cluj"), (500, "Company", "=2+2"), (late, "Postal code", "000007")):
        cell = sheet.cell(row, heads[head])
        cell.value, cell.data_type = value, "s"
        wanted[int(sheet.cell(row, heads["Lead ID"]).value.removeprefix("#"))] = {head: value}
    out = io.BytesIO()
    book.save(out)
    imported = planned(browser, libreoffice(out.getvalue(), "changed.xlsx", "xlsx"), "changed.xlsx")
    assert verdicts(imported) == {"changed": 3, "unchanged": number - 3}
    assert imported.counts["cells"] == 3
    (section,) = shown(browser, imported, "plan").context["sections"]
    assert {
        line.record.pk: {cell.heading: cell.new for cell in line.changes} for line in section.lines
    } == wanted
    before = {lead.pk: lead for lead in Lead.objects.all()}
    apply(browser, imported)
    changed = [lead for lead in Lead.objects.all() if lead.version != before[lead.pk].version]
    assert {lead.pk for lead in changed} == set(wanted)


@pytest.mark.parametrize("kind", one_in(3, ["xlsx", "ods", "xls"]))
def test_a_file_saved_by_libreoffice_is_read_as_unchanged(sign_in, ann, many, libreoffice, kind):
    many(300)
    browser = sign_in(ann)
    imported = planned(browser, libreoffice(export(browser), "leads.xlsx", kind), f"leads.{kind}")
    # The .ods reader doesn't know tabs within a cell: those rows would change, and the plan shows it.
    with_tabs = sum("\t" in f"{lead.company}{lead.title}{lead.city}" for lead in Lead.objects.all())
    expected = {"changed": with_tabs, "unchanged": 300 - with_tabs} if kind == "ods" else {"unchanged": 300}
    assert verdicts(imported) == expected


def test_activities_saved_by_libreoffice_are_read_as_unchanged(sign_in, ann, make_lead, libreoffice):
    lead = make_lead()
    for text in NASTY:
        carry_out(AddActivity(ann, "note", text), Lead.objects.filter(pk=lead.pk), by=ann)
    browser = sign_in(ann)
    book = openpyxl.load_workbook(io.BytesIO(export(browser, activities="on")))
    del book["Leads"]
    del book["About"]
    out = io.BytesIO()
    book.save(out)
    imported = planned(browser, libreoffice(out.getvalue(), "activities.xlsx", "xlsx"), "activities.xlsx")
    assert verdicts(imported) == {"unchanged": len(NASTY)}


def test_libreoffice_offers_each_row_its_allowed_next_statuses(
    sign_in, ann, make_lead, statuses, libreoffice
):
    only_next(statuses.new, statuses.contacted)
    only_next(statuses.qualified, statuses.proposal, statuses.lost)
    make_lead(), make_lead(status="contacted"), make_lead(status="qualified")
    browser = sign_in(ann)
    saved = libreoffice(export(browser), "leads.xlsx", "xlsx")
    book = openpyxl.load_workbook(io.BytesIO(saved))
    formula = drop_down(book)
    sheet, place = book["Leads"], book["Leads"].max_column + 1
    for row in (2, 3, 4):
        # The last choice of the row.
        own = re.sub(r"(\$[A-Z]+)2\b", rf"\g<1>{row}", formula)
        sheet.cell(row, place).value = f"=INDEX({own},ROWS({own}))"
        sheet.cell(row, place).number_format = "General"
    out = io.BytesIO()
    book.save(out)
    text = libreoffice(
        out.getvalue(), "last.xlsx", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true"
    )
    _head, *rows = csv.reader(io.StringIO(text.decode("utf-8"), newline=""))
    everything = [status.label for status in Status.objects.of_leads().active().in_order()]
    assert [row[place - 1] for row in rows] == ["Lost", everything[-1], "Contacted"]
    assert verdicts(planned(browser, saved, "leads.xlsx")) == {"unchanged": 3}


def test_an_untouched_csv_file_is_read_as_unchanged(sign_in, ann, many):
    many(300)
    browser = sign_in(ann)
    imported = planned(browser, export(browser, format="csv"), "leads.csv")
    assert verdicts(imported) == {"unchanged": 300}


def test_libreoffice_shows_the_texts_that_were_written(sign_in, ann, many, libreoffice):
    many(300)
    data = export(sign_in(ann))
    # Comma, quotes, UTF-8, and each cell as displayed.
    text = libreoffice(data, "leads.xlsx", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true")
    head, *rows = csv.reader(io.StringIO(text.decode("utf-8"), newline=""))
    written = rows_of(data)
    assert len(rows) == len(written) == 300
    for row, there in zip(rows, written, strict=True):
        found = dict(zip(head, row, strict=True))
        for name in (
            "Last name",
            "Company",
            "Position",
            "Phone",
            "Postal code",
            "City",
            "Country",
            "Tags",
            "Owner",
            "Status",
        ):
            assert found[name] == unescape(there[name] or ""), name


def test_libreoffice_draws_the_charts_of_a_report_and_keeps_its_formats(make_lead, sign_in, ada, libreoffice):
    for _number in range(10):
        make_lead()
    answer = sign_in(ada).get("/admin/reports/conversion/file?period=all")
    written = b"".join(answer.streaming_content)
    before, after = (
        openpyxl.load_workbook(io.BytesIO(data))
        for data in (written, libreoffice(written, "report.xlsx", "xlsx"))
    )
    assert [chart.series for chart in get_charts(before)]
    assert [chart.series for chart in get_charts(after)] == [chart.series for chart in get_charts(before)]
    assert after.worksheets[1]["B2"].number_format == before.worksheets[1]["B2"].number_format == "0.0%"
