"""login, logout and whoami."""

import sys
from typing import Annotated, Any

import typer
from rich.text import Text

from leadwell.commands.options import FormatOption
from leadwell.connection.addresses import parse_address
from leadwell.connection.calls import Connection
from leadwell.connection.profiles import (
    DEFAULT,
    Profile,
    check_token,
    get_file,
    remove_profile,
    store_profile,
)
from leadwell.connection.session import get_connection
from leadwell.failures import Exit, Failure
from leadwell.messages import build_console, clean_text, say
from leadwell.output import Format, print_fields, write_json

ACTIONS = {"get": "read", "search": "search", "post": "add", "put": "change", "delete": "delete"}


def log_in(
    context: typer.Context,
    address: Annotated[
        str, typer.Argument(help="The address of your Leadwell, such as https://crm.example.com.")
    ],
    token_stdin: Annotated[
        bool, typer.Option("--token-stdin", help="Read the token from standard input, for scripts.")
    ] = False,
) -> None:
    """Sign in with a token, which an administrator creates under Settings, API.

    The token is stored in a file that only you can read. It never appears in a list of processes or in the history of your shell.
    """
    address = parse_address(address)
    text = sys.stdin.readline() if token_stdin else typer.prompt("Token", hide_input=True, err=True)
    profile = Profile(context.obj.profile, address, check_token(text))
    user = read_user(Connection(profile, say))
    store_profile(profile)
    say(f"Signed in at {address} as {user['name']} ({user['email']}). The token is stored in {get_file()}.")


def log_out(context: typer.Context) -> None:
    """Delete the stored token from this computer. The token itself still works until an administrator revokes it."""
    removed = remove_profile(context.obj.profile)
    if removed is None:
        which = "" if context.obj.profile == DEFAULT else f" with the profile {context.obj.profile!r}"
        raise Failure(Exit.SIGN_IN, f"You aren't signed in{which}.")
    say(
        f"Signed out of {removed.address}. To make the token useless everywhere, revoke it under Settings, API."
    )


def show_user(context: typer.Context, output: FormatOption = Format.TABLE) -> None:
    """Show where you are signed in, as whom, and what the token may do."""
    connection = get_connection(context)
    user = read_user(connection)
    if output is not Format.TABLE:
        write_json({"address": connection.profile.address, **user})
        return
    limit = user.get("calls_per_minute")
    print_fields(
        {
            "address": connection.profile.address,
            "user": f"{user['name']} ({user['email']})",
            "token": user["token"],
            "last day": user.get("expires_on") or "none",
            "limit": f"{limit} calls a minute" if limit else "none",
        }
    )
    console = build_console()
    console.print()
    console.print(Text("What the token may do", style="bold"))
    rights = group_rights(user["rights"])
    width = max(map(len, rights), default=0)
    for resource, actions in rights.items():
        console.print(Text(f"{clean_text(resource).ljust(width)}  {', '.join(actions)}"))


def read_user(connection: Connection) -> dict[str, Any]:
    """What /me says. Raises Failure if it isn't an answer of Leadwell."""
    user = connection.get("me")
    if not {"name", "email", "token", "rights"} <= user.keys():
        raise Failure(
            Exit.CONNECTION, f"{connection.profile.address} isn't a Leadwell, or one without API v2."
        )
    return user


def group_rights(rights: list[str]) -> dict[str, list[str]]:
    """{"leads": ["read", "add"]}"""
    grouped: dict[str, list[str]] = {}
    for right in rights:
        resource, _dot, action = right.partition(".")
        grouped.setdefault(resource.replace("_", " "), []).append(ACTIONS.get(action, action))
    return grouped
