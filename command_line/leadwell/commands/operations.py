"""Operations: what was changed, by whom, and undoing it."""

from typing import Annotated, Any

import typer

from leadwell.commands.jobs import wait_for_job
from leadwell.commands.options import FormatOption, YesOption
from leadwell.connection.calls import Connection, build_key, quote_id
from leadwell.connection.session import get_connection
from leadwell.failures import Exit, Failure
from leadwell.messages import ask, count_words, say
from leadwell.output import (
    Format,
    format_shown,
    print_fields,
    print_rows,
    write_data,
    write_json,
)
from leadwell.record_pages import read_newest

OPERATIONS = typer.Typer(help="See what was changed, by whom.", no_args_is_help=True)
OperationArgument = Annotated[
    str, typer.Argument(help="The ID of the operation, which each change prints.", metavar="OPERATION")
]


@OPERATIONS.command("list")
def list_operations(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many operations to show.")] = 20,
    output: FormatOption = Format.TABLE,
) -> None:
    """List the changes that you can see, newest first."""
    found = read_newest(get_connection(context), "operations", "operations", limit)
    if output is Format.TABLE:
        heads = ["ID", "At", "By", "What", "Changed", "Undone"]
        print_rows(heads, [build_row(one) for one in found], numbers=[4])
    else:
        write_data(found, list(found[0]) if found else [], output)


def build_row(operation: dict[str, Any]) -> list[str]:
    undone = "yes" if operation["undone"] else "partly" if operation["partly_undone"] else ""
    who = operation["by"] or operation["channel"]
    changed = f"{operation['changed']:,}"
    return [
        str(operation["id"]),
        format_shown("at", operation["at"]),
        who,
        operation["words"],
        changed,
        undone,
    ]


@OPERATIONS.command("get")
def get_operation(
    context: typer.Context, operation: OperationArgument, output: FormatOption = Format.TABLE
) -> None:
    """Show one operation."""
    found = read_operation(get_connection(context), operation)
    if output is Format.TABLE:
        print_fields(found)
    else:
        write_json(found)


def undo(
    context: typer.Context,
    operations: Annotated[
        list[str],
        typer.Argument(help="The IDs of operations, which each change prints.", metavar="OPERATION"),
    ],
    preview: Annotated[bool, typer.Option("--preview", help="Only say what would go back.")] = False,
    yes: YesOption = False,
    json_output: Annotated[bool, typer.Option("--json", help="Write the outcomes as JSON.")] = False,
) -> None:
    """Undo operations: their records get their former values, except where they were changed again since.

    An undo is an operation too, so it can be undone. Of several operations, the newest is undone first. A preview judges each of
    them as the records are now.
    """
    connection = get_connection(context)
    ordered = sorted(
        dict.fromkeys(operations), key=lambda text: int(text) if text.isdecimal() else 0, reverse=True
    )
    found = [read_operation(connection, operation) for operation in ordered]
    outcomes: list[dict[str, Any]] = []
    for one in found:
        if one["undone"]:
            raise Failure(Exit.REFUSED, f"Operation {one['id']} is undone already. Nothing was changed.")
        say(describe_operation(one))
        outcomes.append(preview_one(connection, one["id"]))
    if preview:
        if json_output:
            write_json(outcomes)
        return
    ask("Undo it?" if len(found) == 1 else f"Undo these {len(found)} operations?", yes=yes)
    outcomes = [undo_one(connection, one["id"]) for one in found]
    if json_output:
        write_json(outcomes)


def read_operation(connection: Connection, operation: str) -> dict[str, Any]:
    try:
        return connection.get(f"operations/{quote_id(operation)}")
    except Failure as failure:
        if failure.code is Exit.NOT_FOUND:
            failure.sentence = f"There is no operation {operation}, or you can't see it."
        raise


def describe_operation(operation: dict[str, Any]) -> str:
    who = f" by {operation['by']}" if operation["by"] else ""
    records = count_words(operation["changed"], "record", "records")
    when = format_shown("at", operation["at"])
    return f"Operation {operation['id']}: {operation['words']}{who}, {when}. It changed {records}."


def preview_one(connection: Connection, operation: int) -> dict[str, Any]:
    """What would go back now, and what would be kept and why."""
    found = connection.post(f"operations/{operation}/undo", {"preview": True})
    say(f"{count_words(found['back'], 'record', 'records')} will have former values again.")
    if found["to_trash"]:
        say(f"Of these, {count_words(found['to_trash'], 'record', 'records')} will go to Trash.")
    for kept in found["kept_by_reason"]:
        words = f"{kept['words']} {kept['remedy']}".strip()
        say(f"{count_words(kept['records'], 'record keeps', 'records keep')} a value: {words}")
    if found["lasting"]:
        say(found["lasting"])
    if left := found.get("parts_unjudged"):
        say(
            f"{count_words(left, 'part', 'parts')} more weren't looked at yet: there are too many for a preview."
        )
    return {"preview_of": operation, **found}


def undo_one(connection: Connection, operation: int) -> dict[str, Any]:
    """The outcome, after the job if there is one; `kept` is null then."""
    answer = connection.post(f"operations/{operation}/undo", key=build_key())
    if "job" in answer:
        job = wait_for_job(connection, answer["job"])
        changed = connection.get(f"operations/{job['operation']}")["changed"] if job["operation"] else 0
        answer = {"operation": job["operation"], "back": changed, "kept": None}
    say(f"{count_words(answer['back'], 'record has its', 'records have their')} former values again.")
    if answer["kept"]:
        kept = count_words(answer["kept"], "record", "records")
        say(f"{kept} kept at least one value that was changed again since.")
    if answer["operation"]:
        say(
            f"The undo is operation {answer['operation']}. To undo the undo: leadwell undo {answer['operation']}"
        )
    return answer
