"""bulk: one change to many records, with a preview and a question before it."""

from typing import Annotated, Any
from urllib.parse import urlencode

import typer

from leadwell.commands.jobs import wait_for_job
from leadwell.commands.options import (
    FilterOption,
    FormatOption,
    SearchOption,
    ValueArgument,
    ViewOption,
    YesOption,
)
from leadwell.connection.calls import Connection, build_key
from leadwell.connection.session import get_connection
from leadwell.failures import Exit, Failure
from leadwell.field_descriptions import ApiSchema
from leadwell.field_values import FieldValues
from leadwell.filters import build_bulk_filter, build_parameters
from leadwell.kinds import Kind
from leadwell.messages import ask, count_words, say
from leadwell.output import Format, print_records, print_rows, write_json
from leadwell.record_pages import replace_ids_with_names
from leadwell.reference_names import ReferenceNames

EXAMPLES = 5


def build_bulk_command(kind: Kind) -> Any:
    def bulk(
        context: typer.Context,
        action: Annotated[
            str,
            typer.Argument(
                help=f"What to do: leadwell {kind.many} actions lists the actions.", metavar="ACTION"
            ),
        ],
        values: ValueArgument = None,
        filters: FilterOption = None,
        search: SearchOption = "",
        view: ViewOption = "",
        ids: Annotated[
            str,
            typer.Option(
                help="These records, by their IDs separated by commas; - reads them from standard input."
            ),
        ] = "",
        everything: Annotated[
            bool, typer.Option("--all", help=f"All {kind.many} that you can change.")
        ] = False,
        note: Annotated[str, typer.Option(help="A note that Leadwell shows with the change.")] = "",
        preview: Annotated[bool, typer.Option("--preview", help="Only say what would change.")] = False,
        yes: YesOption = False,
        json_output: Annotated[bool, typer.Option("--json", help="Write the outcome as JSON.")] = False,
    ) -> None:
        connection = get_connection(context)
        names = ReferenceNames(connection)
        chosen = choose_records(kind, names, filters or [], search, view, ids, everything)
        body = {"action": action, **chosen, "values": FieldValues(kind, names).parse(values or [])}
        if note:
            body["note"] = note
        path = f"{kind.many}/bulk"
        outcome = connection.post(path, {**body, "preview": True})
        reasons = ApiSchema(connection).get_reasons(kind) if outcome["refused"] else {}
        if preview and json_output:
            write_json(outcome)
            return
        say_outcome(kind, outcome, reasons, would=True)
        if preview or not outcome["changed"]:
            if not json_output:
                show_examples(connection, kind, chosen)
            else:
                write_json(outcome)
            return
        if not yes:
            show_examples(connection, kind, chosen)
        ask(f"Change {count_words(outcome['changed'], kind.one, kind.many)}?", yes=yes)
        done = finish(connection, connection.post(path, body, build_key()))
        say_outcome(kind, done, reasons, would=False)
        say_undo(done["operation"])
        if json_output:
            write_json(done)

    return bulk


def choose_records(
    kind: Kind, names: ReferenceNames, filters: list[str], search: str, view: str, ids: str, everything: bool
) -> dict[str, Any]:
    """{"ids": …} or {"filter": …}. Raises Failure unless exactly one way is chosen, so a forgotten filter never means all."""
    narrowed = bool(filters or search or view)
    if [narrowed, bool(ids), everything].count(True) != 1:
        raise Failure(
            Exit.USAGE, f"Say which {kind.many}: by --filter, --search or --view, by --ids, or --all."
        )
    if ids:
        return {"ids": parse_ids(typer.get_text_stream("stdin").read() if ids == "-" else ids)}
    if everything:
        return {"filter": "all=1"}
    return {"filter": build_bulk_filter(build_parameters(kind, names, filters, search, view))}


def parse_ids(text: str) -> list[int]:
    """Ids separated by commas or white space. Raises Failure for anything else."""
    words = text.replace(",", " ").split()
    wrong = next((word for word in words if not word.isdecimal()), None)
    if wrong is not None:
        raise Failure(Exit.USAGE, f"{wrong!r} isn't an ID.")
    if not words:
        raise Failure(Exit.USAGE, "There are no IDs.")
    return sorted({int(word) for word in words})


def finish(connection: Connection, answer: dict[str, Any]) -> dict[str, Any]:
    """The outcome, after the job if there is one."""
    if "job" not in answer:
        return answer
    operation = wait_for_job(connection, answer["job"])["operation"]
    if operation is None:
        return {"operation": None, "changed": 0, "unchanged": 0, "refused": {}}
    found = connection.get(f"operations/{operation}")
    return {"operation": operation, **{name: found[name] for name in ("changed", "unchanged", "refused")}}


def say_outcome(kind: Kind, outcome: dict[str, Any], reasons: dict[str, str], *, would: bool) -> None:
    changed = count_words(outcome["changed"], kind.one, kind.many)
    say(f"{changed} will change." if would else f"{changed} changed.")
    if outcome["unchanged"]:
        same = count_words(outcome["unchanged"], kind.one, kind.many)
        say(f"{same} already {'has' if outcome['unchanged'] == 1 else 'have'} this value.")
    for code, number in outcome["refused"].items():
        sentence = reasons.get(code) or f"{code.replace('_', ' ').capitalize()}."
        say(f"{count_words(number, kind.one, kind.many)} can't be changed: {sentence}")
    if outcome.get("unjudged"):
        say(f"{outcome['unjudged']:,} more weren't looked at yet: there are too many for a preview.")


def say_undo(operation: int | None) -> None:
    if operation:
        say(f"This is operation {operation}. To undo it: leadwell undo {operation}")


def show_examples(connection: Connection, kind: Kind, chosen: dict[str, Any]) -> None:
    """The first records, on standard error like the question that follows."""
    parameters: list[tuple[str, str]] = [("limit", str(EXAMPLES))]
    if "ids" in chosen:
        parameters = [("ids", ",".join(map(str, chosen["ids"][:EXAMPLES])))]
    if kind.links:
        parameters.append(("expand", ",".join(kind.links)))
    query = chosen.get("filter", "")
    suffix = f"&{query}" if query and query != "all=1" else ""
    rows = connection.get(f"/api/v2/{kind.many}?{urlencode(parameters)}{suffix}")[kind.many]
    if rows:
        say("The first of them:" if len(rows) > 1 else "It is:")
        print_records([replace_ids_with_names(row) for row in rows], kind.columns, errors=True)


def build_actions_command(kind: Kind) -> Any:
    def actions(
        context: typer.Context,
        output: FormatOption = Format.TABLE,
    ) -> None:
        found = ApiSchema(get_connection(context)).get_actions(kind)
        if output is Format.TABLE:
            print_rows(
                ["Action", "Values"],
                [[name, ", ".join(one.name for one in fields) or "none"] for name, fields in found.items()],
            )
        else:
            write_json({name: [vars(one) for one in fields] for name, fields in found.items()})

    return actions
