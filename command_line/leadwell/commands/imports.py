"""import: the rows of a file become records, in batches that can be continued."""

from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer

from leadwell.connection.calls import PATIENT_ATTEMPTS
from leadwell.connection.session import get_connection
from leadwell.failures import Exit, Failure
from leadwell.field_descriptions import ApiSchema
from leadwell.field_values import FieldValues
from leadwell.kinds import Kind
from leadwell.messages import build_progress, count_words, say
from leadwell.output import write_json
from leadwell.reference_names import ReferenceNames
from leadwell.transfer.import_columns import ERROR_HEADER, ImportColumns, match_columns, parse_mapping
from leadwell.transfer.import_progress import ImportProgress, Totals, open_progress
from leadwell.transfer.read_files import SourceFile
from leadwell.transfer.sending import LARGEST_BATCH, RowSender
from leadwell.transfer.written_files import open_writer

# How many refused rows are shown; the file has all.
SHOWN = 10


def build_import_command(kind: Kind) -> Any:
    def import_file(
        context: typer.Context,
        file: Annotated[
            Path,
            typer.Argument(
                help="The file: .csv, .xlsx or .jsonl.", metavar="FILE", exists=True, dir_okay=False
            ),
        ],
        match: Annotated[
            str,
            typer.Option(
                help="Change the record that has the same value in this field, such as "
                f"{kind.match or 'c12'}, and add the others. Rows with an ID change that record.",
                metavar="FIELD",
            ),
        ] = "",
        mapping: Annotated[
            list[str] | None,
            typer.Option(
                "--map", help='Which field a column is: "E-mail address=email"; "Notes=" ignores one.'
            ),
        ] = None,
        preview: Annotated[
            bool, typer.Option("--preview", help="Let Leadwell check all rows, and write nothing.")
        ] = False,
        encoding: Annotated[
            str, typer.Option(help="The encoding of a CSV file that isn't UTF-8.", metavar="NAME")
        ] = "",
        delimiter: Annotated[
            str, typer.Option(help="What separates cells of a CSV file, or tab.", metavar="CHARACTER")
        ] = "",
        refused: Annotated[
            Path | None,
            typer.Option(help="Where to write the rows that were refused.", metavar="FILE", dir_okay=False),
        ] = None,
        batch_size: Annotated[
            int, typer.Option("--batch-size", min=2, max=LARGEST_BATCH, help="Rows in one call.", metavar="N")
        ] = LARGEST_BATCH,
        from_row: Annotated[
            int, typer.Option("--from-row", min=1, help="Begin with this row of the file.", metavar="N")
        ] = 1,
        restart: Annotated[
            bool, typer.Option("--restart", help="Begin again, although this import was stopped before.")
        ] = False,
        json_output: Annotated[bool, typer.Option("--json", help="Write the outcome as JSON.")] = False,
    ) -> None:
        connection = get_connection(context)
        connection.attempts = PATIENT_ATTEMPTS
        values = FieldValues(kind, ReferenceNames(connection))
        source = SourceFile(file, encoding, delimiter)
        schema = ApiSchema(connection)
        columns = match_columns(source.headers, schema, values, parse_mapping(mapping or []))
        match = resolve_match(match, values)
        rows = sum(row.number >= from_row for row in source.read_rows())
        say_columns(columns, rows)
        told = (
            kind.many,
            connection.profile.address,
            connection.get("me")["id"],
            columns.fields,
            match,
            batch_size,
            from_row,
        )
        with open_progress(file, *told) as progress, build_progress(counted=True) as bars:
            bar = bars.add_task("Checking" if preview else "Importing", total=rows)
            sender = RowSender(
                connection,
                kind,
                source,
                columns,
                values,
                match,
                batch_size,
                lambda done: bars.update(bar, completed=done),
            )
            if preview:
                totals = sender.check_all(from_row - 1)
            else:
                totals = send(sender, progress, rows, from_row, restart=restart)
        report(
            kind,
            source,
            totals,
            refused or file.with_name(f"{file.stem}.refused{get_ending(file)}"),
            preview=preview,
        )
        if json_output:
            write_json(build_summary(totals, preview=preview))
        if totals.refused:
            raise typer.Exit(Exit.REFUSED)

    return import_file


def get_import_help(kind: Kind) -> str:
    return (
        f"Add or change the {kind.many} of a file. Its headers are names or labels of fields.\n\n"
        "Rows are sent in batches. If the import is stopped, or the connection is lost, run the same command again: it goes on where it was, "
        "and no row is added twice. Leadwell's own import, with guessed columns and an exact preview, is on its page Import."
    )


def resolve_match(match: str, values: FieldValues) -> str:
    """The name of a field, or the key of a custom field by its label."""
    labels = (
        {custom["label"].casefold(): custom["key"] for custom in values.get_custom_fields()} if match else {}
    )
    return labels.get(match.casefold(), match)


def say_columns(columns: ImportColumns, rows: int) -> None:
    renamed = [f"{header} → {name}" for header, name in columns.fields.items() if header != name]
    say(f"{count_words(rows, 'row', 'rows')} with the columns: {', '.join(columns.fields)}.")
    if renamed:
        say(f"Read as: {', '.join(renamed)}.")
    if ignored := [header for header in columns.ignored if header and header != ERROR_HEADER]:
        say(f"Ignored: {', '.join(ignored)}.")


def send(sender: RowSender, progress: ImportProgress, rows: int, from_row: int, *, restart: bool) -> Totals:
    """What was written in all. A failure says how far the import is and how to go on."""
    if restart:
        progress.forget()
    if progress.has_begun:
        say(
            f"Going on after row {progress.totals.last_row}: {progress.totals.rows:,} of {rows:,} rows are done."
        )
    progress.totals.last_row = max(progress.totals.last_row, from_row - 1)
    try:
        totals = sender.send_all(progress)
    except KeyboardInterrupt:
        raise Failure(Exit.STOPPED, "Stopped.", say_how_far(progress, rows)) from None
    except Failure as failure:
        if failure.code is Exit.CONNECTION:
            failure.details += say_how_far(progress, rows)
        elif not progress.totals.rows:
            progress.forget()
        raise
    # Nothing is left to go on with.
    progress.file.unlink(missing_ok=True)
    return totals


def say_how_far(progress: ImportProgress, rows: int) -> list[str]:
    return [
        f"{progress.totals.rows:,} of {rows:,} rows are done. Run the same command again to go on. Nothing is sent twice."
    ]


def report(kind: Kind, source: SourceFile, totals: Totals, path: Path, *, preview: bool) -> None:
    if preview:
        say(f"{count_words(totals.changed, 'row', 'rows')} can be imported. Nothing was written.")
    else:
        say(f"{totals.added:,} added, {totals.changed:,} changed, {totals.unchanged:,} unchanged.")
    if totals.refused:
        say(f"{count_words(len(totals.refused), 'row was', 'rows were')} refused:")
        for number, sentence in sorted(totals.refused.items())[:SHOWN]:
            say(f"  Row {number}: {sentence}")
        with suppress(Failure):
            write_refused(source, totals.refused, path)
            say(f"All of them, with their errors, are in {path}. Correct and import that file.")
    if totals.operations:
        say(f"To undo the import: leadwell undo {' '.join(map(str, totals.operations))}")


def write_refused(source: SourceFile, refused: dict[int, str], path: Path) -> None:
    name = ERROR_HEADER
    with open_writer(path, [*source.headers, name]) as writer:
        for row in source.read_rows():
            if row.number in refused:
                writer.write({**row.values, name: refused[row.number]})


def get_ending(file: Path) -> str:
    return ".jsonl" if file.suffix.lower() == ".jsonl" else ".csv"


def build_summary(totals: Totals, *, preview: bool) -> dict[str, Any]:
    refused = [{"row": number, "error": sentence} for number, sentence in sorted(totals.refused.items())]
    if preview:
        return {"preview": True, "importable": totals.changed, "refused": refused}
    return {
        "added": totals.added,
        "changed": totals.changed,
        "unchanged": totals.unchanged,
        "refused": refused,
        "operations": totals.operations,
    }
