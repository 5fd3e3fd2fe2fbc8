"""Booking pages: what was booked, the free times of a page, and booking one of them."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from leadwell.commands.options import FormatOption, ValueArgument, YesOption
from leadwell.connection.calls import Connection, build_key
from leadwell.connection.session import get_connection
from leadwell.failures import ValueRefused
from leadwell.messages import ask, say
from leadwell.output import Format, format_shown, print_rows, write_data
from leadwell.record_pages import read_newest
from leadwell.reference_names import ReferenceNames, is_id

BOOKINGS = typer.Typer(help="See what was booked through booking pages, and book.", no_args_is_help=True)
PAGES = "booking-pages"
PageArgument = Annotated[str, typer.Argument(help="A booking page, by its name or ID.", metavar="PAGE")]


@BOOKINGS.command("list")
def list_bookings(
    context: typer.Context,
    page: Annotated[str, typer.Option(help="Only those of a booking page, by its name or ID.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many bookings to show.")] = 20,
    output: FormatOption = Format.TABLE,
) -> None:
    """List the meetings that were booked and that you can see, newest first."""
    connection = get_connection(context)
    names = ReferenceNames(connection)
    narrowed = {"page": get_page_id(names, page)} if page else {}
    found = read_newest(connection, "bookings", "bookings", limit, narrowed)
    if output is Format.TABLE:
        print_rows(
            ["ID", "Page", "At", "Minutes", "State", "Record"], [build_row(names, one) for one in found]
        )
    else:
        write_data(found, list(found[0]) if found else [], output)


def build_row(names: ReferenceNames, booking: dict[str, Any]) -> list[str]:
    return [
        str(booking["id"]),
        str(names.get_name(PAGES, booking["page"])),
        format_shown("at", booking["at"]),
        str(booking["minutes"]),
        booking["state"],
        f"{booking['of']} {booking['record']}",
    ]


@BOOKINGS.command("free")
def list_free_times(
    context: typer.Context,
    page: PageArgument,
    first: Annotated[
        str,
        typer.Option(
            "--from", help="The first of seven days, such as 2026-11-20; today without it.", metavar="DAY"
        ),
    ] = "",
    output: FormatOption = Format.TABLE,
) -> None:
    """List the free times of a booking page, in the time zone of this computer."""
    connection = get_connection(context)
    found = read_times(connection, get_page_id(ReferenceNames(connection), page), first)
    rows = [{"at": moment} for moment in found["times"]]
    if output is not Format.TABLE:
        write_data(rows, ["at"], output)
        return
    print_rows(["At"], [[format_shown("at", row["at"])] for row in rows])
    if found["next"]:
        say(f"The next free time after these days: {format_shown('at', found['next'])}.")


def read_times(connection: Connection, page: int, first: str) -> dict[str, Any]:
    return connection.get(f"{PAGES}/{page}/times", {"from": first} if first else None)


@BOOKINGS.command("book")
def book(
    context: typer.Context,
    page: PageArgument,
    at: Annotated[
        str,
        typer.Argument(
            help="A free time, such as 2026-11-20T10:00, in the time zone of this computer.", metavar="TIME"
        ),
    ],
    answers: ValueArgument = None,
    lead: Annotated[
        int | None, typer.Option(min=1, help="The ID of an open lead that has the meeting.")
    ] = None,
    zone: Annotated[
        str, typer.Option(help="The time zone of the visitor, such as Europe/Bucharest.")
    ] = "UTC",
    yes: YesOption = False,
) -> None:
    """Book a free time with answers to the questions of the page. The visitor gets an invitation by email."""
    connection = get_connection(context)
    number = get_page_id(ReferenceNames(connection), page)
    sent = {"page": number, "at": parse_time(at), "zone": zone, "answers": parse_answers(answers or [])}
    ask(f"Book {format_shown('at', sent['at'])}? The visitor gets an email.", yes=yes)
    made = connection.post("bookings", sent | ({"lead": lead} if lead else {}), build_key())
    say(f"Booked {format_shown('at', made['at'])} for {made['of']} {made['record']}.")
    typer.echo(made["id"])


def get_page_id(names: ReferenceNames, page: str) -> int:
    return int(page) if is_id(page) else names.get_id(PAGES, page)


def parse_time(text: str) -> str:
    """In UTC. Raises Failure."""
    try:
        return f"{datetime.fromisoformat(text).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    except (ValueError, OverflowError):
        raise ValueRefused(f"{text!r} is no time. Write it like 2026-11-20T10:00.") from None


def parse_answers(words: list[str]) -> dict[str, str]:
    """Raises Failure."""
    found = {}
    for word in words:
        name, equals, text = word.partition("=")
        if not equals or not name:
            raise ValueRefused(f"{word!r} is no answer. Write it like email=eva@example.com.")
        found[name] = text
    return found
