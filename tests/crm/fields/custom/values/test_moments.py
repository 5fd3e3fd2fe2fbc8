"""Custom dates and times: page, filter, sort, export and API agree on each, whichever way it came in."""

import io
from datetime import UTC, datetime, timedelta

import pytest

from crm.models import Operation, PlannedRow
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.columns.file_columns import get_target_heading
from tests.api.conftest import Program, make_token
from tests.crm.records.custom_fields.any_record import values
from tests.crm.transfer.exports.exporting import rows_of
from tests.crm.transfer.imports import importing

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])

# The local time in the file, and the time in UTC
TIMES = {
    "2025-02-06 14:54:00": "2025-02-06T12:54:00",
    "2025-07-15 17:03:00": "2025-07-15T14:03:00",
    "2025-12-31 23:30:00": "2025-12-31T21:30:00",
    "2026-01-01 00:30:00": "2025-12-31T22:30:00",
    "2026-03-29 02:30:00": "2026-03-29T00:30:00",
    "2026-03-29 04:30:00": "2026-03-29T01:30:00",
    "2026-10-25 02:30:00": "2026-10-24T23:30:00",
    "2026-10-25 03:30:00": "2026-10-25T00:30:00",
    "2026-10-25 04:30:00": "2026-10-25T02:30:00",
}
# In October, 03:30 comes twice. No file can say this one without its zone.
SECOND = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
NAMES = {"lead": "Last name", "company": "Name", "contact": "Last name", "deal": "Name", "request": "Subject"}
API = {"lead": "leads", "company": "companies", "contact": "contacts", "deal": "deals", "request": "requests"}


@pytest.fixture(params=NAMES)
def kind(request, monkeypatch, departments, statuses):
    found = KINDS[request.param]
    monkeypatch.setattr(importing, "NEW", found.get_url("import"))
    return found


@pytest.fixture
def moment(kind, make_field):
    return make_field("Demo moment", "moment", of=kind.name)


@pytest.fixture
def browser(sign_in, ada):
    return sign_in(ada)


def file_of(kind, times) -> list:
    return [[NAMES[kind.name], "Demo moment"], *([f"Row {n}", time] for n, time in enumerate(times))]


@pytest.fixture
def rows(kind, moment, browser):
    """The imported records in the order of the file, and one with the second 03:30."""
    times = [*TIMES, (SECOND + timedelta(hours=3)).strftime("%Y-%m-%d %H:%M:%S")]
    imported = importing.choose(browser, importing.upload(browser, file_of(kind, times)), "columns")
    assert importing.verdicts(imported) == {"new": len(times)}
    importing.apply(browser, imported)
    found = list(kind.model.objects.order_by("pk"))
    write(kind, found[-1], Operation.objects.latest("pk").by, moment, SECOND)
    return found


def write(kind, row, by, field, value):
    return carry_out(kind.edit({field.name: value}), kind.model.objects.filter(pk=row.pk), by=by)


def exported(browser, kind, file_type: str) -> bytes:
    answer = browser.post(f"{kind.get_url('export_write')}?all=1", {"columns": "all", "format": file_type})
    return b"".join(answer.streaming_content)


def ids(browser, kind, query: str) -> list[int]:
    return browser.get(f"{kind.list_url}?{query}").context["page"].ids


def number_in(text) -> int:
    """The ID of a record as files write it."""
    return int(str(text).lstrip("#"))


def local(time: str) -> datetime:
    return datetime.fromisoformat(time)


def test_all_places_agree_on_a_time_that_a_file_brought(kind, moment, rows, browser, ada):
    utc = [datetime.fromisoformat(time).replace(tzinfo=UTC) for time in TIMES.values()] + [SECOND]
    shown = [local(time) for time in TIMES] + [local("2026-10-25 03:30:00")]
    assert [values(row)[moment.name] for row in rows] == [time.isoformat() for time in utc]

    # The page, its form, and the API.
    program = Program(make_token(ada), "Authorization", "Bearer ")
    for row, time, at in zip(rows, shown, utc, strict=True):
        page = browser.get(f"{kind.list_url}/{row.pk}").text
        assert time.strftime("%-d %b %Y, %H:%M") in page
        form = browser.get(f"{kind.list_url}/{row.pk}/edit").context["form"]
        assert form[moment.name].value() == time
        told = program.get(f"/api/v2/{API[kind.name]}/{row.pk}")["custom_fields"][moment.name]
        assert told == at.isoformat().replace("+00:00", "Z")

    # Filters ask for days of the reader's time zone, with and without an index; sorts go by the time.
    for day in {time.date() for time in shown}:
        wanted = {row.pk for row, time in zip(rows, shown, strict=True) if time.date() == day}
        assert set(ids(browser, kind, f"{moment.name}.between={day}..{day}")) == wanted
        later = {row.pk for row, time in zip(rows, shown, strict=True) if time.date() > day}
        assert set(ids(browser, kind, f"{moment.name}.after={day}")) == later
    ascending = [pk for _at, pk in sorted((at, row.pk) for row, at in zip(rows, utc, strict=True))]
    assert ids(browser, kind, f"sort={moment.name}") == ascending
    assert ids(browser, kind, f"sort=-{moment.name}") == ascending[::-1]

    # Files have local times, and change nothing when they come back.
    sheet = importing.openpyxl.load_workbook(io.BytesIO(exported(browser, kind, "xlsx"))).sheetnames[0]
    told = {
        number_in(row[get_target_heading(kind, "id")]): row["Demo moment"]
        for row in rows_of(exported(browser, kind, "xlsx"), sheet)
    }
    assert [told[row.pk] for row in rows] == shown
    for file_type in ("xlsx", "csv"):
        again = importing.upload(browser, exported(browser, kind, file_type), f"again.{file_type}")
        assert importing.verdicts(importing.choose(browser, again, "columns")) == {"unchanged": len(rows)}


def test_a_form_saved_as_it_is_keeps_each_time(kind, moment, rows, browser):
    for row in kind.model.objects.order_by("pk"):
        before = values(row)
        form = browser.get(f"{kind.list_url}/{row.pk}/edit").context["form"]
        data = importing.filled_in(form)
        # As the browser shows it: local, and without a zone.
        data[moment.name] = str(form[moment.name]).partition('value="')[2].partition('"')[0]
        answer = browser.post(f"{kind.list_url}/{row.pk}/edit", data | {"version": row.version})
        assert answer.status_code == 302, answer.content.decode()
        assert values(row) == before


def test_undo_of_an_import_brings_the_former_time_back(kind, moment, rows, browser, ada):
    row, (before, after) = rows[0], ("2025-02-06T12:54:00+00:00", "2026-01-01T21:59:00+00:00")
    data = [[get_target_heading(kind, "id"), "Demo moment"], [f"#{row.pk}", "2026-01-01 23:59"]]
    imported = importing.choose(browser, importing.upload(browser, data), "columns", match="id")
    assert importing.verdicts(imported) == {"changed": 1}, PlannedRow.objects.get().errors
    importing.apply(browser, imported)
    assert values(row)[moment.name] == after
    operation = Operation.objects.latest("pk")
    revert_operation(operation, by=ada)
    assert values(row)[moment.name] == before
