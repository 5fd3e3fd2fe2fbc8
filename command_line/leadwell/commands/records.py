"""The commands of one type of records: list, get, add, edit, delete and, for records of their own, history and more."""

import contextlib
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from leadwell.commands.bulk import build_actions_command, build_bulk_command
from leadwell.commands.exports import build_export_command
from leadwell.commands.imports import build_import_command, get_import_help
from leadwell.commands.listing import build_list_command
from leadwell.commands.options import FormatOption, ValueArgument, YesOption
from leadwell.commands.written_values import read_values
from leadwell.connection.calls import encode_body, quote_id
from leadwell.connection.session import get_connection
from leadwell.failures import Exit, Failure
from leadwell.field_descriptions import ApiSchema
from leadwell.field_values import FieldValues
from leadwell.kinds import Kind
from leadwell.messages import ask, say
from leadwell.output import (
    Format,
    format_shown,
    print_fields,
    print_rows,
    write_data,
    write_json,
)
from leadwell.record_pages import read_newest, replace_ids_with_names
from leadwell.reference_names import ReferenceNames

IdArgument = Annotated[
    str, typer.Argument(help="The ID, which is also in the address of the page.", metavar="ID")
]


def build_kind_commands(kind: Kind) -> typer.Typer:
    group = typer.Typer(help=f"List, read, add and change {kind.many}.", no_args_is_help=True)
    group.command("list", help=f"List {kind.many}.")(build_list_command(kind))
    group.command("get", help=f"Show one {kind.one}.")(build_get_command(kind))
    group.command("add", help=f"Add one {kind.one}, and print its ID.")(build_add_command(kind))
    group.command("edit", help=f"Change fields of one {kind.one}.")(build_edit_command(kind))
    group.command("delete", help=get_delete_help(kind))(build_delete_command(kind))
    group.command("open", help=f"Print the address of the page of one {kind.one}.")(build_open_command(kind))
    group.command("fields", help="List the fields that can be written.")(build_fields_command(kind))
    group.command("export", help=f"Write {kind.many} to a file.")(build_export_command(kind))
    if not kind.belonging:
        group.command("history", help=f"Show what has changed on one {kind.one}, newest first.")(
            build_history_command(kind)
        )
        group.command("import", help=get_import_help(kind))(build_import_command(kind))
        group.command("bulk", help=f"Make one change to many {kind.many}, after a preview.")(
            build_bulk_command(kind)
        )
        group.command("actions", help="List the actions of bulk and their values.")(
            build_actions_command(kind)
        )
    return group


@contextlib.contextmanager
def named(kind: Kind, record: str) -> Iterator[None]:
    """A record that isn't found is named."""
    try:
        yield
    except Failure as failure:
        if failure.code is Exit.NOT_FOUND:
            failure.sentence = f"There is no {kind.one} {record}, or you can't see it."
        raise


def get_delete_help(kind: Kind) -> str:
    return f"Delete one {kind.one}." if kind.belonging else f"Move one {kind.one} to Trash."


def build_get_command(kind: Kind) -> Any:
    def get(
        context: typer.Context,
        record: IdArgument,
        names: Annotated[
            bool, typer.Option("--names", help="Show names in place of IDs in JSON too.")
        ] = False,
        output: FormatOption = Format.TABLE,
    ) -> None:
        expand = (
            {"expand": ",".join(kind.links)} if kind.links and (names or output is Format.TABLE) else None
        )
        with named(kind, record):
            found = get_connection(context).get(f"{kind.many}/{quote_id(record)}", expand)
        found = replace_ids_with_names(found)
        if output is Format.TABLE:
            print_fields(found)
        elif output is Format.JSON:
            write_json(found)
        else:
            write_data([found], list(found), output)

    return get


def build_add_command(kind: Kind) -> Any:
    def add(
        context: typer.Context,
        values: ValueArgument = None,
        from_json: Annotated[
            str,
            typer.Option(
                "--from-json", help="A file with the values as JSON; - for standard input.", metavar="FILE"
            ),
        ] = "",
        output: FormatOption = Format.TABLE,
    ) -> None:
        connection = get_connection(context)
        sent = read_values(kind, ReferenceNames(connection), values or [], from_json)
        made = connection.post(kind.many, sent)
        say(f"Added {kind.one} {made['id']}.")
        write_written(made, output)

    return add


def build_edit_command(kind: Kind) -> Any:
    def edit(
        context: typer.Context,
        record: IdArgument,
        values: ValueArgument = None,
        from_json: Annotated[
            str,
            typer.Option(
                "--from-json", help="A file with the values as JSON; - for standard input.", metavar="FILE"
            ),
        ] = "",
        if_version: Annotated[
            int | None,
            typer.Option(
                "--if-version", help="Change nothing if the version is another one by now.", metavar="N"
            ),
        ] = None,
        output: FormatOption = Format.TABLE,
    ) -> None:
        connection = get_connection(context)
        sent = read_values(kind, ReferenceNames(connection), values or [], from_json)
        headers = {} if if_version is None else {"If-Match": f'"{if_version}"'}
        path = f"{kind.many}/{quote_id(record)}"
        with named(kind, record):
            changed = connection.call("PATCH", path, body=encode_body(sent), headers=headers)
        say(f"Changed {kind.one} {changed['id']}, which is at version {changed['version']} now.")
        if output is not Format.TABLE:
            write_written(changed, output)

    return edit


def write_written(written: dict[str, Any], output: Format) -> None:
    """What was written: its id alone, which is easy to use in a script, or the answer as JSON."""
    if output is Format.TABLE:
        typer.echo(written["id"])
    else:
        write_json(written)


def build_delete_command(kind: Kind) -> Any:
    def delete(context: typer.Context, record: IdArgument, yes: YesOption = False) -> None:
        connection = get_connection(context)
        path = f"{kind.many}/{quote_id(record)}"
        where = "" if kind.belonging else " It goes to Trash."
        ask(f"Delete {kind.one} {record}?{where}", yes=yes)
        with named(kind, record):
            connection.call("DELETE", path)
        say(f"Deleted {kind.one} {record}.")

    return delete


def build_open_command(kind: Kind) -> Any:
    def open_page(context: typer.Context, record: IdArgument) -> None:
        with named(kind, record):
            found = get_connection(context).get(f"{kind.many}/{quote_id(record)}")
        typer.echo(found["url"])

    return open_page


def build_fields_command(kind: Kind) -> Any:
    def fields(context: typer.Context, output: FormatOption = Format.TABLE) -> None:
        connection = get_connection(context)
        described = [
            {"field": one.name, "label": one.label, "type": one.type, "note": one.note}
            for one in ApiSchema(connection).get_written_fields(kind)
        ]
        custom = FieldValues(kind, ReferenceNames(connection)).get_custom_fields()
        described += [
            {
                "field": one["key"],
                "label": one["label"],
                "type": one["type"],
                "note": ", ".join(choice["label"] for choice in one["choices"]),
            }
            for one in custom
            if not one["read_only"]
        ]
        write_rows(described, output)

    return fields


def write_rows(rows: list[dict[str, Any]], output: Format, heads: list[str] | None = None) -> None:
    """Rows with the same keys."""
    names = heads or (list(rows[0]) if rows else [])
    if output is Format.TABLE:
        print_rows(
            [name.capitalize() for name in names],
            [[format_shown(name, row[name]) for name in names] for row in rows],
        )
    else:
        write_data(rows, names, output)


def build_history_command(kind: Kind) -> Any:
    def history(
        context: typer.Context,
        record: IdArgument,
        limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many changes to show.")] = 50,
        output: FormatOption = Format.TABLE,
    ) -> None:
        connection = get_connection(context)
        with named(kind, record):
            found = read_newest(connection, f"{kind.many}/{quote_id(record)}/history", "history", limit)
        if output in (Format.JSON, Format.JSONL):
            write_data(found, [], output)
        else:
            rows = [flatten_change(one) for one in found]
            write_rows(rows, output, ["at", "by", "change", "operation"])

    return history


def flatten_change(change: dict[str, Any]) -> dict[str, Any]:
    words = "; ".join(
        f"{field['label']}: {field['old'] or 'empty'} → {field['new'] or 'empty'}"
        for field in change["fields"]
    )
    note = f" ({change['note']})" if change["note"] else ""
    return {
        "at": change["at"],
        "by": change["by"] or change["channel"],
        "change": (words or change["words"]) + note,
        "operation": change["operation"],
    }
