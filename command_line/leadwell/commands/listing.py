"""list: records as a table, JSON, JSON lines or CSV."""

import itertools
import sys
from typing import Annotated, Any

import typer

from leadwell.commands.options import FilterOption, FormatOption, SearchOption, ViewOption
from leadwell.connection.calls import Connection
from leadwell.connection.session import get_connection
from leadwell.failures import Exit, Failure
from leadwell.field_values import FieldValues
from leadwell.filters import build_parameters
from leadwell.kinds import Column, Kind
from leadwell.messages import say
from leadwell.output import Format, get_value, print_records, write_csv, write_json, write_json_lines
from leadwell.record_pages import read_records, replace_ids_with_names
from leadwell.reference_names import ReferenceNames

AT_FIRST = 50


def build_list_command(kind: Kind) -> Any:
    def list_records(
        context: typer.Context,
        filters: FilterOption = None,
        search: SearchOption = "",
        view: ViewOption = "",
        sort: Annotated[
            str,
            typer.Option(
                help="A field, with a minus in front for descending order: -created_at.", metavar="FIELD"
            ),
        ] = "",
        fields: Annotated[
            str, typer.Option(help="Only these fields, separated by commas.", metavar="FIELD,FIELD")
        ] = "",
        limit: Annotated[
            int, typer.Option(min=1, help=f"How many {kind.many} to show.", metavar="N")
        ] = AT_FIRST,
        everything: Annotated[bool, typer.Option("--all", help="Show all, whatever their number.")] = False,
        names: Annotated[
            bool, typer.Option("--names", help="Write names in place of IDs in JSON and CSV too.")
        ] = False,
        output: FormatOption = Format.TABLE,
    ) -> None:
        connection = get_connection(context)
        references = ReferenceNames(connection)
        refuse_what_belongings_lack(kind, view=view, sort=sort)
        parameters = build_parameters(kind, references, filters or [], search, view, sort)
        wanted = [name.strip() for name in fields.split(",") if name.strip()]
        shows_names = names or output is Format.TABLE
        parameters += build_shape(kind, wanted, output, names=shows_names)
        listed = ListedRecords(connection, kind, parameters, None if everything else limit, wanted)
        if shows_names:
            listed.references = references
        write_records(listed, output)
        if listed.has_more:
            say(f"There are more {kind.many}: --limit {limit * 10} or --all shows them.")

    return list_records


def refuse_what_belongings_lack(kind: Kind, *, view: str, sort: str) -> None:
    if kind.belonging and (view or sort):
        raise Failure(
            Exit.USAGE,
            f"{kind.many.capitalize()} are listed newest first. They have no --view and no --sort.",
        )


def build_shape(kind: Kind, wanted: list[str], output: Format, *, names: bool) -> list[tuple[str, str]]:
    """The parameters that say what an answer has of each record."""
    if kind.belonging:
        return []
    if output is Format.TABLE and not wanted:
        wanted = [
            "id",
            *dict.fromkeys(name for column in kind.columns for name in column.fields if name != "id"),
        ]
    sent = ["custom_fields" if is_custom(name) else name for name in wanted]
    links = [name for name in kind.links if not wanted or name in wanted] if names else []
    shape = [("fields", ",".join(dict.fromkeys(sent)))] if sent else []
    return shape + ([("expand", ",".join(links))] if links else [])


def is_custom(name: str) -> bool:
    name = name.removeprefix("custom_fields.")
    return name[:1] == "c" and name[1:].isdecimal()


class ListedRecords:
    """The records that a command shows, read while they are written."""

    def __init__(
        self,
        connection: Connection,
        kind: Kind,
        parameters: list[tuple[str, str]],
        most: int | None,
        fields: list[str],
    ) -> None:
        self.connection, self.kind, self.parameters, self.most = connection, kind, parameters, most
        self.fields = fields
        self.references: ReferenceNames | None = None
        self.has_more = False

    def __iter__(self) -> Any:
        number = 0
        for page in read_records(self.connection, self.kind, self.parameters, self.most):
            for row in page:
                if self.most is not None and number == self.most:
                    self.has_more = True
                    return
                number += 1
                yield self.shape(row)

    def shape(self, row: dict[str, Any]) -> dict[str, Any]:
        row = replace_ids_with_names(row)
        if self.references:
            for name in ("user", "tags"):
                self.name_ids(row, name)
        return {name: get_value(row, name) for name in self.fields} if self.fields else row

    def name_ids(self, row: dict[str, Any], name: str) -> None:
        """Users of tasks and activities, and tags, aren't among the fields that an answer names."""
        table, value = self.kind.tables.get(name), row.get(name)
        if table is None or not value or self.references is None:
            return
        try:
            if isinstance(value, list):
                row[name] = [self.references.get_name(table, one) for one in value]
            else:
                row[name] = self.references.get_name(table, value)
        except Failure:
            # The token may not read users. Their ids are there all the same.
            self.references = None


def write_records(listed: ListedRecords, output: Format) -> None:
    if output is Format.TABLE:
        columns = [Column(name, (name,)) for name in listed.fields] or listed.kind.columns
        rows = list(listed)
        if rows:
            print_records(rows, columns)
        else:
            say(f"No {listed.kind.many} match.")
    elif output is Format.JSON:
        write_json(list(listed))
    elif output is Format.JSONL:
        write_json_lines(listed)
    else:
        write_csv_rows(listed)
    sys.stdout.flush()


def write_csv_rows(listed: ListedRecords) -> None:
    """Without --fields, the fields of the first record, then all custom fields by key."""
    rows = iter(listed)
    first = next(rows, None)
    names = listed.fields
    if not names and first is not None:
        custom = FieldValues(listed.kind, ReferenceNames(listed.connection)).get_custom_fields()
        names = [name for name in first if name != "custom_fields"] + [field["key"] for field in custom]
    if names:
        write_csv(itertools.chain([] if first is None else [first], rows), names)
