"""Background jobs, which large changes become."""

from typing import Annotated, Any

import typer

from leadwell.commands.options import FormatOption
from leadwell.connection import calls
from leadwell.connection.calls import Connection, quote_id
from leadwell.connection.session import get_connection
from leadwell.failures import Exit, Failure
from leadwell.messages import build_progress, say
from leadwell.output import Format, print_fields, write_json

# Seconds between two looks.
FIRST, LONGEST = 0.3, 3
UNFINISHED, FINISHED = ("waiting", "running"), "finished"

JOBS = typer.Typer(help="Follow background jobs.", no_args_is_help=True)


@JOBS.command("get")
def get_job(
    context: typer.Context,
    job: Annotated[str, typer.Argument(help="The ID of the job.", metavar="ID")],
    wait: Annotated[bool, typer.Option("--wait", help="Wait until the job has ended.")] = False,
    output: FormatOption = Format.TABLE,
) -> None:
    """Show how far a background job is."""
    connection = get_connection(context)
    found = wait_for_job(connection, job) if wait else connection.get(f"jobs/{quote_id(job)}")
    if output is Format.TABLE:
        print_fields(found)
    else:
        write_json(found)


def wait_for_job(connection: Connection, job: Any) -> dict[str, Any]:
    """The job once it has ended. Raises Failure if it failed. Ctrl-C stops waiting, and the job goes on."""
    seconds = FIRST
    connection.attempts = calls.PATIENT_ATTEMPTS
    try:
        with build_progress(counted=True) as progress:
            bar = progress.add_task("Changing", total=None)
            while True:
                found = connection.get(f"jobs/{quote_id(str(job))}")
                progress.update(bar, completed=found["done"], total=found["total"] or None)
                if found["state"] not in UNFINISHED:
                    break
                calls.pause(seconds)
                seconds = min(seconds * 1.5, LONGEST)
    except KeyboardInterrupt:
        raise Failure(
            Exit.STOPPED, f"Job {job} goes on in Leadwell. To wait for it: leadwell jobs get {job} --wait"
        ) from None
    if found["state"] != FINISHED:
        more = (
            [f"What it changed until then is operation {found['operation']}."] if found["operation"] else []
        )
        raise Failure(Exit.REFUSED, found["problem"] or "The job was canceled.", more)
    say(f"Job {job} is done.")
    return found
