"""Links between records of the file's kind, such as the parents of companies: a row can link to one that the file adds, and
no links make a cycle.

The plan has the name of such a row instead of an ID. Apply replaces the names once all rows are added.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property

from django.db import connection
from django.utils.translation import gettext as _

from crm.fields.record_labels import parse_label_name
from crm.fields.widgets.link_widgets import get_link_columns
from crm.models import Import, PlannedRow
from crm.platform.sql.chunks import split_into_chunks
from crm.platform.text.text_folding import fold_text
from crm.records.kinds.kind_registry import Kind
from crm.records.kinds.reasons import get_reason_sentence
from crm.transfer.imports.apply.application_state import Application
from crm.transfer.imports.apply.stale_plan import StalePlan
from crm.transfer.imports.check.import_rules import TO_MAKE, ImportRules

NOT_IMPORTED, SEVERAL_ROWS, CYCLE = "linked_row_not_imported", "several_linked_rows", "links_make_a_cycle"

# A row of the plan with what it links to: its number, its record if it exists, and an ID, the name of a row or nothing.
Link = tuple[int, int | None, int | str | None]


def get_link_columns_within_file(imported: Import, kind: Kind) -> dict[str, str]:
    """The database columns of such links in the file, by field."""
    return {
        name: kind.resource.fields[name].attribute
        for name, widget in get_link_columns(kind.resource).items()
        if name in imported.mapping and widget.model is widget.field.model
    }


def has_links_within_file(imported: Import, rules: ImportRules) -> bool:
    return bool(get_link_columns_within_file(imported, rules.kind))


class OwnRows:
    """The names of the rows of a file."""

    def __init__(self, imported: Import, rules: ImportRules) -> None:
        self.imported, self.rules = imported, rules
        self.links = get_link_columns_within_file(imported, rules.kind)

    def find_value(self, name: str, text: str) -> str:
        """The value of a cell that names another row, '' if none has this name."""
        return (
            f"{TO_MAKE}{text}" if name in self.links and _build_link_key(text) in self._names_in_file else ""
        )

    @cached_property
    def _names_in_file(self) -> set[str]:
        found: set[str] = set()
        for place in filter(
            lambda place: place is not None, map(self.imported.find_column_index, self.rules.named_in_file)
        ):
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT DISTINCT coalesce(fixes->>%s, cells->>%s) FROM crm_importrow WHERE of_id = %s",
                    [str(place), place, self.imported.pk],
                )
                found |= {fold_text(text.strip()) for (text,) in cursor.fetchall() if text}
        return found


def get_refused_links(
    imported: Import, rules: ImportRules, *, applying: bool = False
) -> dict[int, tuple[str, str]]:
    """The field and the reason code of each row that can't be linked like this, given the whole plan. When it is applied, the
    records that a colleague has changed since keep their links, and no one sets others until the end of the transaction."""
    found: dict[int, tuple[str, str]] = {}
    for name, column in get_link_columns_within_file(imported, rules.kind).items():
        links = _read_links(imported, column)
        if links and applying:
            links = _lock_unchanged_records(imported, rules, links)
        if links:
            found |= {row: (name, code) for row, code in _find_refused_rows(imported, rules, links).items()}
    return found


def skip_refused_rows(application: Application) -> None:
    """Skip the planned rows whose links would make a cycle by now."""
    imported, rules = application.imported, application.rules
    by_reason: dict[str, list[int]] = defaultdict(list)
    for row, (_name, code) in get_refused_links(imported, rules, applying=True).items():
        by_reason[code].append(row)
    for code, rows in by_reason.items():
        planned = PlannedRow.objects.filter(of=imported).numbered(rows)
        planned.update(action="", errors=[[None, get_reason_sentence(code)]])
        application.refused[code] = len(rows)


def _find_refused_rows(imported: Import, rules: ImportRules, links: list[Link]) -> dict[int, str]:
    """A refused row isn't imported, so the rows that link to it may be refused too, and others may make a cycle with the link
    that its record keeps."""
    named = _find_rows_by_name(
        imported, rules, [link for _row, _record, link in links if isinstance(link, str)]
    )
    found: dict[int, str] = {}
    while True:
        left = [link for link in links if link[0] not in found]
        edges: dict[int, int | None] = {}
        wrong: dict[int, str] = {}
        for row, record, link in left:
            target = link
            if isinstance(link, str):
                nodes = [node for number, node in named[link].items() if number not in found]
                if len(nodes) != 1:
                    wrong[row] = SEVERAL_ROWS if nodes else NOT_IMPORTED
                    continue
                target = nodes[0]
            edges[record or -row] = target  # type: ignore[assignment]
        cyclic = rules.find_cycles(edges)
        wrong |= {row: CYCLE for row, record, _link in left if (record or -row) in cyclic}
        if not wrong:
            return found
        found |= wrong


def _read_links(imported: Import, column: str) -> list[Link]:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT "row", CASE WHEN action = 'change' THEN record END, "values"->>%s FROM crm_plannedrow
               WHERE of_id = %s AND action <> '' AND "values" ? %s ORDER BY "row" """,
            [column, imported.pk, column],
        )
        return [(row, record, _parse_link(text)) for row, record, text in cursor.fetchall()]


def _parse_link(text: str | None) -> int | str | None:
    return text if text is None or text.startswith(TO_MAKE) else int(text)


def _lock_unchanged_records(imported: Import, rules: ImportRules, links: list[Link]) -> list[Link]:
    rules.lock_own_links()
    ids = [record for _row, record, _link in links if record]
    rules.kind.model.objects.lock_all(ids)
    now = dict(rules.kind.model.objects.filter(pk__any=ids).values_list("pk", "version"))
    planned = dict(PlannedRow.objects.filter(of=imported, action="change").values_list("record", "version"))
    return [link for link in links if not link[1] or now.get(link[1]) == planned[link[1]]]


def _find_rows_by_name(
    imported: Import, rules: ImportRules, texts: Iterable[str]
) -> dict[str, dict[int, int]]:
    """The rows that each of these names means: their records, or their numbers below zero if they add one."""
    by_key: dict[str, dict[int, int]] = {_build_link_key(text.removeprefix(TO_MAKE)): {} for text in texts}
    if by_key:
        names = ", ".join(['"values"->>%s'] * len(rules.named_in_file))
        with connection.cursor() as cursor:
            cursor.execute(
                f"""SELECT "row", CASE WHEN action = 'change' THEN record END, ARRAY[{names}] FROM crm_plannedrow
                    WHERE of_id = %s AND action <> ''""",
                [*rules.named_in_file, imported.pk],
            )
            for row, record, said in cursor.fetchall():
                for key in {fold_text(text) for text in said if text} & by_key.keys():
                    by_key[key][row] = record or -row
    return {text: by_key[_build_link_key(text.removeprefix(TO_MAKE))] for text in texts}


def _build_link_key(text: str) -> str:
    return fold_text((parse_label_name(text) or text).strip())


class NamedRows:
    """The links of a plan to rows that it adds, while it is applied."""

    def __init__(self, imported: Import, rules: ImportRules) -> None:
        """Take them out of the new records, which are added first."""
        self.imported, self.rules = imported, rules
        columns = get_link_columns_within_file(imported, rules.kind).values()
        self.by_column = {column: self._take_links(column) for column in columns}

    def _take_links(self, column: str) -> list[Link]:
        found = [link for link in _read_links(self.imported, column) if isinstance(link[2], str)]
        with connection.cursor() as cursor:
            cursor.execute(
                """UPDATE crm_plannedrow SET "values" = "values" - %s WHERE of_id = %s AND action = 'add' AND "row" = ANY(%s)""",
                [column, self.imported.pk, [row for row, _record, _link in found]],
            )
        return found

    def link(self, added: list[int]) -> None:
        """Link the rows. `added` are the IDs of the new records in the order of their rows. Raises Stale."""
        planned = PlannedRow.objects.filter(of=self.imported, action="add").in_order()
        ids = dict(zip(planned.values_list("row", flat=True), added, strict=True))
        for column, links in self.by_column.items():
            named = _find_rows_by_name(
                self.imported, self.rules, {str(text) for _row, _record, text in links}
            )
            if any(len(rows) != 1 for rows in named.values()):
                raise StalePlan(
                    _(
                        "Records that the file links to have changed since the preview was created. "
                        "Check the file again."
                    )
                )
            nodes = {text: next(iter(rows.values())) for text, rows in named.items()}
            targets = {text: node if node > 0 else ids[-node] for text, node in nodes.items()}
            self._put_into_plan(column, {row: targets[str(text)] for row, record, text in links if record})
            self._write_links(
                column, {ids[row]: targets[str(text)] for row, record, text in links if not record}
            )

    def _put_into_plan(self, column: str, by_row: Mapping[int, int]) -> None:
        """Into the plan of existing records, which are changed next."""
        with connection.cursor() as cursor:
            cursor.execute(
                """UPDATE crm_plannedrow p SET "values" = jsonb_set(p."values", ARRAY[%s], to_jsonb(new.id))
                   FROM unnest(%s::integer[], %s::bigint[]) new("row", id) WHERE p.of_id = %s AND p."row" = new."row" """,
                [column, list(by_row), list(by_row.values()), self.imported.pk],
            )

    def _write_links(self, column: str, by_record: Mapping[int, int]) -> None:
        table = connection.ops.quote_name(self.rules.kind.model._meta.db_table)
        for ids in split_into_chunks(sorted(by_record)):
            with connection.cursor() as cursor:
                cursor.execute(
                    f"""UPDATE {table} t SET "{column}" = new.target
                        FROM unnest(%s::bigint[], %s::bigint[]) new(id, target) WHERE t.id = new.id""",
                    [ids, [by_record[pk] for pk in ids]],
                )
