"""export: all records of a list, or what has changed since an earlier export, to a file."""

from pathlib import Path
from typing import Annotated, Any

import typer

from leadwell.commands.listing import build_shape, refuse_what_belongings_lack
from leadwell.commands.options import FilterOption, SearchOption, ViewOption
from leadwell.connection.calls import PATIENT_ATTEMPTS, Connection
from leadwell.connection.session import get_connection
from leadwell.failures import Exit, Failure
from leadwell.field_descriptions import ApiSchema
from leadwell.field_values import FieldValues
from leadwell.filters import build_parameters
from leadwell.kinds import Kind
from leadwell.messages import build_progress, count_words, say
from leadwell.output import Format
from leadwell.record_pages import read_changes, read_records, replace_ids_with_names
from leadwell.reference_names import ReferenceNames
from leadwell.transfer.written_files import check_format, open_writer

# The word for the first export of changes.
START = "start"
OF_CHANGES = ["change", "at", "into"]


def build_export_command(kind: Kind) -> Any:
    def export(
        context: typer.Context,
        output: Annotated[
            Path,
            typer.Option(
                "--output", "-o", help="The file: .csv, .xlsx or .jsonl.", metavar="FILE", dir_okay=False
            ),
        ],
        filters: FilterOption = None,
        search: SearchOption = "",
        view: ViewOption = "",
        sort: Annotated[str, typer.Option(help="A field, with a minus in front for descending order.")] = "",
        fields: Annotated[
            str, typer.Option(help="Only these fields, separated by commas.", metavar="FIELD,FIELD")
        ] = "",
        names: Annotated[bool, typer.Option("--names", help="Write names in place of IDs.")] = False,
        changes_since: Annotated[
            str,
            typer.Option(
                "--changes-since",
                help="Only what has changed since this cursor; start for the first time. Prints the next cursor.",
                metavar="CURSOR",
            ),
        ] = "",
    ) -> None:
        check_format(output)
        connection = get_connection(context)
        connection.attempts = PATIENT_ATTEMPTS
        references = ReferenceNames(connection)
        wanted = [name.strip() for name in fields.split(",") if name.strip()]
        if changes_since:
            if filters or search or view or sort or names:
                raise Failure(
                    Exit.USAGE, "--changes-since has all changes: it can't be narrowed, sorted or named."
                )
            columns = OF_CHANGES + (wanted or get_columns(connection, kind, references))
            typer.echo(
                export_changes(
                    connection, kind, output, columns, "" if changes_since == START else changes_since
                )
            )
            return
        refuse_what_belongings_lack(kind, view=view, sort=sort)
        parameters = build_parameters(kind, references, filters or [], search, view, sort)
        parameters += build_shape(kind, wanted, Format.CSV, names=names)
        columns = wanted or get_columns(connection, kind, references)
        export_records(connection, kind, output, columns, parameters)

    return export


def get_columns(connection: Connection, kind: Kind, references: ReferenceNames) -> list[str]:
    """All fields of a record, in the order of its answer, then its custom fields by key."""
    custom = [field["key"] for field in FieldValues(kind, references).get_custom_fields()]
    return [*ApiSchema(connection).get_read_names(kind), *custom]


def export_records(
    connection: Connection, kind: Kind, path: Path, columns: list[str], parameters: list[tuple[str, str]]
) -> None:
    number = 0
    with open_writer(path, columns) as writer, build_progress(counted=False) as progress:
        bar = progress.add_task(f"Exporting {kind.many}")
        for page in read_records(connection, kind, parameters):
            for row in page:
                writer.write(replace_ids_with_names(row))
            number += len(page)
            progress.update(bar, description=f"Exporting: {count_words(number, kind.one, kind.many)}")
    say(f"Exported {count_words(number, kind.one, kind.many)} to {path}.")


def export_changes(connection: Connection, kind: Kind, path: Path, columns: list[str], since: str) -> str:
    """The cursor for the next time, which is worth something only once the file is complete."""
    number, cursor = 0, since
    with open_writer(path, columns) as writer, build_progress(counted=False) as progress:
        bar = progress.add_task("Exporting changes")
        for changes, following in read_changes(connection, kind, since):
            for change in changes:
                writer.write(change if path.suffix.lower() == ".jsonl" else flatten(change))
            number, cursor = number + len(changes), following
            progress.update(bar, description=f"Exporting: {count_words(number, 'change', 'changes')}")
    say(f"Exported {count_words(number, 'change', 'changes')} to {path}.")
    return cursor


def flatten(change: dict[str, Any]) -> dict[str, Any]:
    """A row of a table: the record with what happened to it. One that is gone has its id alone."""
    return {**(change["record"] or {}), **{name: change[name] for name in (*OF_CHANGES, "id")}}
