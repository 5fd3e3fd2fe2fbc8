"""Files on the server: exports that may have the person, and imports that they came from, with the rows of their files."""

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from crm.models import Export, Import, ImportMapping, ImportRow, Job, PlannedRow
from crm.transfer.imports.columns.file_columns import hash_headings
from crm.transfer.imports.columns.saved_mappings import get_headings
from privacy.holders.change_history import get_operation_ids
from privacy.holders.data_holder import DataHolder, DataSection, build_section
from privacy.person import Person
from privacy.text_search import find_matching_rows, replace_pattern_in_table
from privacy.uploaded_files import has_match_in_file

ROWS = """SELECT of_id, row FROM crm_plannedrow WHERE of_id IN (SELECT id FROM crm_import WHERE "table" = %s) AND record = ANY(%s)"""
# An import that isn't applied yet skips these rows.
EMPTY_ROW = """UPDATE crm_importrow SET kinds = '', cells = '[]', targets = '{}', fixes = '{}', takes = '[]' WHERE of_id = %s AND row = %s"""
EMPTY_PLAN = """
    UPDATE crm_plannedrow SET verdict = 'left_out', action = '', title = '', subtitle = '', "values" = '{}', old = '{}',
      conflicts = '{}', errors = '[]', keys = '[]', unknown = '[]', notes = '[]' WHERE of_id = %s AND row = %s
"""


def person_exports_queryset(person: Person) -> QuerySet[Export]:
    """All that were written since the first record was added: which of them have the person isn't recorded."""
    return (
        Export.objects.filter(at__gte=person.first_added_at)
        if person.first_added_at
        else Export.objects.none()
    )


def build_export_sections(person: Person, viewer: User) -> list[DataSection]:
    rows = person_exports_queryset(person).order_by("pk").select_related("user")
    told = [
        {
            _("Date"): row.at.isoformat(),
            _("File"): row.name,
            _("Records"): row.words,
            _("User"): row.user.name,
        }
        for row in rows
    ]
    return [DataSection(_("Exports that may have included this person"), told)]


def erase_exports(person: Person) -> int:
    """One that is being written finds that its file is gone when it ends (crm/transfer/exports/file_writing.py)."""
    rows = person_exports_queryset(person).exclude(file="")
    files = set(rows.values_list("file", flat=True))
    person.files.update(files)
    rows.update(file="")
    return len(files) + replace_pattern_in_table(
        Export, ["name", "words", "query", "note"], person.spellings.full_names_pattern
    )


def find_import_rows(person: Person) -> set[tuple[int, int]]:
    """The rows of imported files: those that are the records, and those that have an address, a number or the name."""
    found: set[tuple[int, int]] = set()
    for table, ids in person.records.items():
        with connection.cursor() as cursor:
            cursor.execute(ROWS, [table, ids])
            found.update(cursor.fetchall())
    for model, columns in {
        ImportRow: ["cells", "targets", "fixes"],
        PlannedRow: ["title", "subtitle", "values", "old"],
    }.items():
        found.update(
            (key[0], key[1])
            for key, _values in find_matching_rows(model, columns, person.spellings.addresses_pattern)
        )
    return found


def person_imports_queryset(person: Person) -> QuerySet[Import]:
    rows = {of for of, _row in find_import_rows(person)}
    return Import.objects.filter(Q(pk__in=rows) | Q(operation__in=get_operation_ids(person)))


def build_import_sections(person: Person, viewer: User) -> list[DataSection]:
    """A row is told as it was read."""
    rows = []
    for of, row in sorted(find_import_rows(person)):
        read = ImportRow.objects.filter(of=of, row=row).first()
        if read:
            cells = [str(cell) for cell in (*read.cells, *read.targets.values()) if cell]
            rows.append({_("File"): read.of.name, _("Row"): str(row), _("Cells"): ", ".join(cells)})
    return [build_section(person_imports_queryset(person)), DataSection(_("Rows of imported files"), rows)]


def erase_imports(person: Person) -> int:
    """Files that aren't read yet are looked through now, all others when the erasure is committed (privacy/uploaded_files.py). Raises
    StoreAway; then nothing is erased."""
    named = person.spellings.full_names_pattern
    unread = Import.objects.filter(state=Import.State.READING).exclude(file="") if named else []
    with_them = [row for row in unread if _is_gone_or_mentions(row, named)]
    kept = {row.pk: row for row in [*person_imports_queryset(person), *with_them] if row.file}
    shared = Import.objects.filter(file__in={row.file for row in kept.values()})
    person.files.update(row.file for row in kept.values())
    shared.update(file="")
    found = find_import_rows(person)
    _forget_samples(found)
    for key in found:
        with connection.cursor() as cursor:
            cursor.execute(EMPTY_ROW, key)
            cursor.execute(EMPTY_PLAN, key)
    columns = [
        *("name", "columns", "unknown", "decisions", "blanks", "counts", "options", "new_fields"),
        *("sheet", "sheets", "parts"),
    ]
    # The samples of a column are single cells, such as a last name.
    ids = ", ".join(map(str, sorted({of for of, _row in found} | set(kept)))) or "0"
    count = (
        replace_pattern_in_table(Import, columns, person.spellings.any_name_pattern, f"t.id IN ({ids})")
        + replace_pattern_in_table(Import, columns, named)
        + replace_pattern_in_table(ImportRow, ["cells", "targets", "fixes"], named)
    )
    count += replace_pattern_in_table(
        PlannedRow,
        ["title", "subtitle", "values", "old", "conflicts", "errors", "keys", "unknown", "notes"],
        named,
    )
    return count + len(found) + len(kept)


def build_job_sections(person: Person, viewer: User) -> list[DataSection]:
    found = find_matching_rows(Job, ["arguments", "problem"], person.spellings.full_names_pattern)
    return [
        DataSection(_("Background jobs"), [{_("Text"): str(values["arguments"])} for _key, values in found])
    ]


def erase_names(person: Person) -> int:
    """The names of the files that they came in with, which are also those of the jobs that read the files and of the mappings that
    were saved with them; and what else jobs and mappings say."""
    any_name, named = person.spellings.any_name_pattern, person.spellings.full_names_pattern
    jobs, mappings = [0], [0]
    for row in person_imports_queryset(person):
        jobs += Job.objects.with_arguments(**{"import": row.pk}).values_list("pk", flat=True)
        same = ImportMapping.objects.of_user(row.user, row.table).with_heads(hash_headings(get_headings(row)))
        mappings += same.values_list("pk", flat=True)
    count = replace_pattern_in_table(Job, ["arguments"], any_name, f"t.id IN ({', '.join(map(str, jobs))})")
    count += replace_pattern_in_table(
        ImportMapping, ["name"], any_name, f"t.id IN ({', '.join(map(str, mappings))})"
    )
    count += replace_pattern_in_table(Job, ["arguments", "problem"], named)
    return count + replace_pattern_in_table(ImportMapping, ["name", "headings", "mapping", "options"], named)


def _is_gone_or_mentions(imported: Import, pattern: str) -> bool:
    """Raises StoreAway."""
    try:
        return has_match_in_file(imported, pattern)
    except FileNotFoundError:
        return True


def _forget_samples(rows: set[tuple[int, int]]) -> None:
    """The cells of these rows that are shown as examples of a column, such as an address."""
    cells: dict[int, set[str]] = {}
    for of, row in rows:
        for read in ImportRow.objects.filter(of=of, row=row):
            cells.setdefault(of, set()).update(map(str, read.cells))
    for imported in Import.objects.filter(pk__in=cells):
        for column in imported.columns:
            column["samples"] = [
                one for one in column.get("samples", []) if str(one) not in cells[imported.pk]
            ]
        imported.save(update_fields=["columns"])


HOLDERS = [
    DataHolder(("crm.Export",), build_export_sections, erase_exports, "exports"),
    # Before the imports, because their rows say which are meant.
    DataHolder(("crm.Job", "crm.ImportMapping"), build_job_sections, erase_names, "jobs"),
    DataHolder(
        ("crm.Import", "crm.ImportRow", "crm.PlannedRow"), build_import_sections, erase_imports, "imports"
    ),
]
