"""The program `leadwell`: its commands, and how it ends."""

import contextlib
import os
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from leadwell import __version__
from leadwell.commands.bookings import BOOKINGS
from leadwell.commands.jobs import JOBS
from leadwell.commands.operations import OPERATIONS, undo
from leadwell.commands.records import build_kind_commands
from leadwell.commands.reports import REPORTS
from leadwell.commands.sign_in import log_in, log_out, show_user
from leadwell.connection.profiles import DEFAULT, PROFILE_VARIABLE
from leadwell.connection.session import Session
from leadwell.failures import Exit, Failure
from leadwell.kinds import KINDS
from leadwell.messages import say_failure

EXIT_CODES = (
    "Exit codes: 0 done, 1 refused, 2 wrong words or options, 3 not signed in, 4 not found, "
    "5 Leadwell can't be reached, 130 stopped with Ctrl-C."
)


class Commands(TyperGroup):
    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise Failure(Exit.STOPPED, "Stopped.") from None
        except BrokenPipeError:
            # Typer would end with 1. Whoever reads, such as head, has enough.
            close_output()
            raise typer.Exit(Exit.DONE) from None


application = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    # Tracebacks with the values of variables would show the token.
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=EXIT_CODES,
)


def show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"leadwell {__version__}")
        raise typer.Exit


@application.callback()
def begin(
    context: typer.Context,
    profile: Annotated[
        str, typer.Option(envvar=PROFILE_VARIABLE, help="Which of several sign-ins to use.", metavar="NAME")
    ] = DEFAULT,
    version: Annotated[
        bool,
        typer.Option("--version", callback=show_version, is_eager=True, help="Show the version and exit."),
    ] = False,
) -> None:
    """Leadwell from a terminal: records, imports, exports, bulk changes, undo and reports.

    Begin with: leadwell login https://crm.example.com
    """
    context.obj = Session(profile)


SIGN_IN, RECORDS, MORE = "Sign in", "Records", "Changes and reports"
application.command("login", rich_help_panel=SIGN_IN)(log_in)
application.command("logout", rich_help_panel=SIGN_IN)(log_out)
application.command("whoami", rich_help_panel=SIGN_IN)(show_user)
for kind in KINDS:
    application.add_typer(build_kind_commands(kind), name=kind.many, rich_help_panel=RECORDS)
application.add_typer(BOOKINGS, name="bookings", rich_help_panel=RECORDS)
application.add_typer(OPERATIONS, name="operations", rich_help_panel=MORE)
application.add_typer(JOBS, name="jobs", rich_help_panel=MORE)
application.add_typer(REPORTS, name="reports", rich_help_panel=MORE)
# Rich shows panels in the order of their first command, and commands before groups.
application.command("undo", rich_help_panel=MORE)(undo)


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    try:
        application(args=arguments, prog_name="leadwell")
    except Failure as failure:
        say_failure(failure)
        return failure.code
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else Exit.DONE
    return Exit.DONE


def close_output() -> None:
    """Python would complain when it flushes the output at its end."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def run() -> None:
    code = main()
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        close_output()
    sys.exit(int(code))
