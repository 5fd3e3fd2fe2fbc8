"""Reports: their list, and the numbers of one."""

from typing import Annotated, Any

import typer
from rich.text import Text

from leadwell.commands.options import FilterOption, FormatOption
from leadwell.connection.calls import quote_id
from leadwell.connection.session import get_connection
from leadwell.filters import build_bulk_filter, build_parameters
from leadwell.kinds import KINDS
from leadwell.messages import build_console, clean_text, say
from leadwell.output import Format, format_shown, print_rows, write_data, write_json
from leadwell.reference_names import ReferenceNames

REPORTS = typer.Typer(help="List reports and read their numbers.", no_args_is_help=True)
# Reports are about leads, and so are their filters.
LEADS = KINDS[0]


@REPORTS.command("list")
def list_reports(context: typer.Context, output: FormatOption = Format.TABLE) -> None:
    """List the reports that you may see."""
    found = get_connection(context).get("reports")["reports"]
    if output is Format.TABLE:
        print_rows(
            ["Name", "Title", "What it says"], [[one["id"], one["title"], one["definition"]] for one in found]
        )
    else:
        write_data(found, ["id", "title", "definition", "saved"], output)


@REPORTS.command("show")
def show_report(
    context: typer.Context,
    name: Annotated[
        str,
        typer.Argument(help="A name from reports list, or new for a report of your choice.", metavar="NAME"),
    ],
    period: Annotated[str, typer.Option(help="Such as this_month, last30 or between.")] = "",
    first: Annotated[
        str, typer.Option("--from", help="The first day of the period between.", metavar="DAY")
    ] = "",
    last: Annotated[str, typer.Option("--to", help="The last day.", metavar="DAY")] = "",
    compare: Annotated[str, typer.Option(help="What to compare with, such as before or year.")] = "",
    by: Annotated[
        list[str] | None, typer.Option(help="A field to group by; repeat it for a second one.")
    ] = None,
    measure: Annotated[
        list[str] | None, typer.Option(help="A number, for a saved report or new; repeat it for more.")
    ] = None,
    basis: Annotated[str, typer.Option(help="Which leads count, for a saved report or new.")] = "",
    sort: Annotated[str, typer.Option(help="The column to sort by.")] = "",
    filters: FilterOption = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Show the numbers of one report, for the leads that you can see."""
    connection = get_connection(context)
    single = {"period": period, "from": first, "to": last, "compare": compare, "basis": basis, "sort": sort}
    parameters = [(key, value) for key, value in single.items() if value]
    parameters += [("by", value) for value in by or []] + [("measure", value) for value in measure or []]
    if filters:
        narrowed = build_parameters(LEADS, ReferenceNames(connection), filters)
        parameters.append(("filter", build_bulk_filter(narrowed)))
    report = connection.get(f"reports/{quote_id(name)}", parameters)
    if output is Format.TABLE:
        print_report(report)
    elif output is Format.JSON:
        write_json(report)
    else:
        rows = [row for table in report["tables"] for row in build_plain_rows(table)]
        write_data(rows, list(dict.fromkeys(key for row in rows for key in row)), output)


def build_plain_rows(table: dict[str, Any]) -> list[dict[str, Any]]:
    """A row for each group, with plain numbers."""
    return [
        {
            "table": table["title"],
            **{group["name"]: label for group, label in zip(table["groups"], row["labels"], strict=True)},
            **{value["measure"]: value["value"] for value in row["values"]},
        }
        for row in table["rows"]
    ]


def print_report(report: dict[str, Any]) -> None:
    console = build_console()
    console.print(Text.assemble((clean_text(report["title"]), "bold"), describe_period(report)))
    labels = {one["name"]: one["label"] for table in report["tables"] for one in table["measures"]}
    for figure in report["figures"]:
        label = labels.get(figure["measure"], figure["measure"].replace("_", " ").capitalize())
        note = f"  {figure['note']}" if figure["note"] else ""
        console.print(
            Text.assemble(
                f"{clean_text(label)}: ", (clean_text(figure["text"]), "bold"), (clean_text(note), "dim")
            )
        )
    for table in report["tables"]:
        console.print()
        print_table(table)
    lines = report.get("lines")
    if lines and lines["rows"]:
        console.print()
        print_rows(lines["heads"], lines["rows"], title=lines["title"])
    if report["withheld"]:
        say(report["withheld"])
    if report["counted_at"]:
        say(f"Counted at {format_shown('at', report['counted_at'])}.")


def print_table(table: dict[str, Any]) -> None:
    groups, measures = table["groups"], table["measures"]
    rows = [[*row["labels"], *(value["text"] for value in row["values"])] for row in table["rows"]]
    totals = [value["text"] for value in table["total"]]
    if groups and totals:
        rows.append(["Total", *[""] * (len(groups) - 1), *totals])
    elif not rows:
        rows = [totals]
    heads = [one["label"] for one in (*groups, *measures)]
    print_rows(
        heads,
        rows,
        title=table["title"],
        numbers=range(len(groups), len(heads)),
        bold_last=bool(groups and totals),
    )


def describe_period(report: dict[str, Any]) -> str:
    period = report["period"]
    if not period or not (period["first"] or period["last"]):
        return ""
    return f"  {period['first'] or '…'} to {period['last'] or '…'}"
