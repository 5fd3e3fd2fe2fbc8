"""Custom fields: pages with them for every scope, an import with 37 columns, and a change of type; afterwards they go."""

import datetime
import os
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from benchmarks.changes import tidy
from benchmarks.excel.imports import imported, keep_path
from benchmarks.excel.sample_leads import ROWS, peak_memory
from benchmarks.lists import USERS
from benchmarks.measure import Figure, browser, page_time
from crm.fields.custom.indexes import index_building
from crm.fields.custom.values.type_conversion import WantedType
from crm.models import CustomField, Job, ListSettings
from crm.platform.excel.writing.cell_values import SheetColumn
from crm.platform.excel.writing.workbook_writer import Workbook
from crm.records.custom_fields.retype.type_change import (
    build_conversion,
    change_field_type,
    check_conversion,
)
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation

# As many as the columns of a company's real file; the first ten are filled for two of three leads.
FIELDS, FILLED = 37, 10
TYPES = ["text", "number", "choice", "date", "yes_no"]
VALUES = [
    "to_jsonb('Text number ' || (id % 5000))",
    "to_jsonb((id % 1000)::text)",
    "to_jsonb('o' || (1 + id % 5))",
    "to_jsonb((date '2020-01-01' + (id % 2000)::integer)::text)",
    "to_jsonb(id % 2 = 0)",
]
SHOWN = ["name", "phone", "company", "status", "owner"]


def measured(rounds: int) -> dict[str, Any]:
    """Figures of pages as in lists.py, and seconds; the fields and their values are removed afterwards."""
    forget()
    made = define()
    try:
        quick = [row.pk for row in made[:3]]
        begun = time.perf_counter()
        CustomField.objects.filter(pk__in=quick).update(quick=True)
        index_building.run_index_job(Job(arguments={"table": "lead"}), _nothing)
        indexed = time.perf_counter() - begun
        show(made)
        pages = [figure.as_dict() for figure in figures(made, rounds)]
        return {"pages": pages, "indexed": indexed, "import": wide_import(), "retype": changed_type(made[5])}
    finally:
        forget()


def define() -> list[CustomField]:
    with operation("benchmark", by=None):
        made = [
            CustomField.objects.create(
                table_of="lead",
                name=f"Extra {number}",
                type=TYPES[number % 5],
                choices=[{"key": f"o{key}", "name": f"Choice {key}"} for key in range(1, 6)]
                if TYPES[number % 5] == "choice"
                else [],
                position=number,
            )
            for number in range(FIELDS)
        ]
        made.append(
            CustomField.objects.create(
                table_of="lead",
                name="Doubled",
                type="formula",
                formula=f"{{{made[1].key}}} * 2",
                position=FIELDS,
            )
        )
    parts = ", ".join(f"'{row.key}', {VALUES[number % 5]}" for number, row in enumerate(made[:FILLED]))
    _as_machine(
        f"INSERT INTO leads_leadvalues (record_id, values) SELECT id, jsonb_build_object({parts}) FROM leads_lead WHERE id % 3 <> 0"
    )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE leads_leadvalues")
    return made


def forget() -> None:
    _as_machine("DELETE FROM leads_leadvalues", "DELETE FROM crm_uniquevalue", "DELETE FROM crm_customfield")
    index_building.run_index_job(Job(arguments={"table": "lead"}), _nothing)
    ListSettings.objects.filter(user__email__in=USERS).update(columns={})
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE leads_leadvalues")


def show(made: list[CustomField]) -> None:
    for user in User.objects.filter(email__in=USERS):
        columns = {"lead": [*SHOWN, *(row.key for row in made[:5]), made[-1].key]}
        ListSettings.objects.update_or_create(user=user, defaults={"columns": columns})


def figures(made: list[CustomField], rounds: int) -> list[Figure]:
    text, number, choice, date, flag = (row.key for row in made[:5])
    plain, doubled = made[5].key, made[-1].key
    pages = {
        "first page, six columns of them": "all=1",
        "a quick number above": f"{number}.above=990",
        "a quick text is": f"{text}.is=Text+number+77",
        "a quick choice": f"{choice}=o2",
        "two quick fields": f"{number}.above=900&{choice}=o2",
        "two quick fields, sorted": f"{number}.above=900&{choice}=o2&sort={number}",
        "sorted by a quick number": f"all=1&sort={number}",
        "a date before, not quick": f"{date}.before=2020-01-20",
        "a text contains, not quick": f"{plain}.contains=number+77",
        "sorted by a text, not quick": f"all=1&sort={plain}",
        "yes": f"{flag}=yes",
        "a formula above": f"{doubled}.above=1990",
        "sorted by a formula": f"all=1&sort={doubled}",
    }
    found = []
    for email, words in USERS.items():
        client = browser(email)
        for name, query in pages.items():
            # What no index serves takes a second each time.
            times = rounds // 8 if "not quick" in name or "formula" in name else rounds
            found.append(page_time(client, name, words, f"/admin/leads?{query}", rounds=times))
    return found


def wide_import() -> dict[str, float]:
    """A file of 37 columns, all custom but three, with new leads."""
    user = User.objects.with_rights().get(email="admin@demo.example")
    rows = (
        CustomField.objects.filter(table_of="lead").exclude(type="formula").order_by("position")[: FIELDS - 3]
    )
    fields = list(rows)
    heads = [
        SheetColumn("Last name"),
        SheetColumn("Email"),
        SheetColumn("City"),
        *(SheetColumn(field.name) for field in fields),
    ]
    stamp, path = time.time_ns(), keep_path()
    values: dict[str, Callable[[int], Any]] = {
        "text": lambda n: f"Text {n % 700}",
        "number": lambda n: str(n % 300),
        "choice": lambda n: f"Choice {1 + n % 5}",
        "date": lambda n: datetime.date(2024, 1, 1 + n % 28).isoformat(),
        "yes_no": lambda n: ("Yes", "No")[n % 2],
    }
    with path.open("wb") as file, Workbook(file, title="", creator="", created=timezone.now()) as book:
        book.write_table(
            "Leads",
            heads,
            (
                [f"Popescu {n}", f"wide.{n}.{stamp}@example.org", f"Oraș {n % 400}"]
                + [values[field.type](n) for field in fields]
                for n in range(ROWS)
            ),
        )
    return imported(user, path)


def changed_type(row: CustomField) -> dict[str, float]:
    """A text becomes a long text: every value is read, converted and written."""
    user = User.objects.with_rights().get(email="admin@demo.example")
    wanted, before = WantedType(type="long_text"), peak_memory(os.getpid(), forget=True)
    begun = time.perf_counter()
    found = check_conversion(build_conversion(row, wanted, user))
    checked = time.perf_counter() - begun
    begun = time.perf_counter()
    done = change_field_type(row, wanted, by=user)
    changed = time.perf_counter() - begun
    begun = time.perf_counter()
    revert_operation(done, by=user)
    return {
        "values": found.total,
        "check": checked,
        "change": changed,
        "undo": time.perf_counter() - begun,
        "megabytes": peak_memory(os.getpid()) - before,
    }


def _as_machine(*statements: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('leadwell.machine', 'on', true)")
        for statement in statements:
            cursor.execute(statement)
    tidy()


def _nothing(done: int, total: int) -> None:
    pass
