"""PostgreSQL's client programs (pg_dump, pg_restore, psql) from the wheel, connected like Django."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import IO, cast

from django.db import connections

from crm.platform.configuration.environment import SettingError
from crm.platform.database.embedded_postgres import POSTGRES_MAJOR, find_postgres_folder

# libpq's environment variables for Django's OPTIONS.
OPTIONS = (
    "hostaddr",
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "connect_timeout",
    "passfile",
    "service",
)


# How often, in seconds, the one who waits for a program is asked whether it should go on.
PAUSE = 0.3


class ProgramFailed(Exception):
    """A program ended with an error; the text is its last line of output."""


def get_server_major() -> int:
    connections["default"].ensure_connection()
    return connections["default"].connection.info.server_version // 10_000


def get_program_path(name: str) -> str:
    """The path of one of the programs.

    Raises SettingError if the server is newer than all of them.
    """
    if get_server_major() > POSTGRES_MAJOR:
        raise SettingError(
            f"The server is PostgreSQL {get_server_major()}; Leadwell includes the programs of version {POSTGRES_MAJOR}. "
            f"Use the server's own {name} (docs/run.md, Back up)."
        )
    return str(find_postgres_folder() / "bin" / name)


def get_connection_environment() -> dict[str, str]:
    """The environment in which the programs connect to the database; the process list doesn't show the password."""
    told = connections["default"].settings_dict
    names = {
        "PGHOST": "HOST",
        "PGPORT": "PORT",
        "PGUSER": "USER",
        "PGPASSWORD": "PASSWORD",
        "PGDATABASE": "NAME",
    }
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "PGAPPNAME": "leadwell"}
    environment |= {name: str(told[key]) for name, key in names.items() if told.get(key)}
    environment |= {
        f"PG{key.upper()}": str(told["OPTIONS"][key]) for key in OPTIONS if key in told["OPTIONS"]
    }
    return environment


def start_program(
    name: str, *arguments: object, stdin: int | IO = subprocess.DEVNULL, stdout: int | IO | None = None
) -> subprocess.Popen:
    return subprocess.Popen(
        [get_program_path(name), *map(str, arguments)],
        env=get_connection_environment(),
        cwd="/",
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.PIPE,
    )


def dump_database(target: Path, watch: Callable[[], None] | None = None) -> None:
    """Write the whole database, as of this moment, into one compressed file, without the views for BI tools: preparing a
    restored database creates them again. `watch` is called meanwhile; if it raises, such as for a canceled job, the program is
    killed.

    Raises ProgramFailed.
    """
    options = ["--format=custom", "--no-owner", "--no-privileges", "--compress=3", "--exclude-schema=report"]
    with target.open("wb") as file:
        process = start_program("pg_dump", *options, stdout=file)
        if watch:
            _watch_program(process, watch)
        _check_exit_code(process)


def load_dump(source: Path) -> None:
    """Replace everything in the database with a dump: in one transaction, so it is all or nothing.

    Raises ProgramFailed.
    """
    with source.open("rb") as file:
        reading = start_program(
            "pg_restore", "--no-owner", "--no-privileges", "--file=-", stdin=file, stdout=subprocess.PIPE
        )
        writing = start_program("psql", *PSQL, stdin=subprocess.PIPE)
        try:
            _copy_script(cast(IO[bytes], reading.stdout), cast(IO[bytes], writing.stdin))
            _check_exit_code(reading)
        except BrokenPipeError:
            reading.kill()  # psql has ended with an error, which is raised below
        except BaseException:
            # At the end of its input, psql would commit what it has; if it is killed, nothing changes.
            writing.kill()
            reading.kill()
            raise
        finally:
            reading.wait()
        _check_exit_code(writing)


def read_dumped_rows(source: Path, table: str) -> list[dict[str, str]]:
    """The rows of a small table in a dump, as texts by column. Raises ProgramFailed."""
    wanted = ["--data-only", "--schema=public", f"--table={table}", "--file=-"]
    process = start_program("pg_restore", *wanted, source.absolute(), stdout=subprocess.PIPE)
    out, error = process.communicate()
    if process.returncode:
        raise ProgramFailed(error.decode(errors="replace").strip())
    columns: list[str] = []
    rows = []
    for line in out.decode().splitlines():
        if line.startswith("COPY "):
            columns = line[line.index("(") + 1 : line.index(")")].split(", ")
        elif line == "\\.":
            columns = []
        elif columns:
            rows.append(dict(zip(columns, line.split("\t"), strict=True)))
    return rows


PSQL = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]
# Lines at the start of a dump that an older server doesn't know or that create what already exists.
HEAD_LINES = 60
NOT_LOADED = {b"SET transaction_timeout = 0;\n", b"CREATE SCHEMA public;\n"}


def _copy_script(script: IO[bytes], into: IO[bytes]) -> None:
    into.write(b"DROP SCHEMA public CASCADE; CREATE SCHEMA public;\n")
    for line in islice(script, HEAD_LINES):
        if line not in NOT_LOADED:
            into.write(line)
    shutil.copyfileobj(script, into, 2**20)


def _watch_program(process: subprocess.Popen, watch: Callable[[], None]) -> None:
    """What it prints stays for `communicate`, which may be asked again after it waited in vain."""
    try:
        while process.poll() is None:
            watch()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.communicate(timeout=PAUSE)
    except BaseException:
        process.kill()
        process.wait()
        raise


def _check_exit_code(process: subprocess.Popen) -> None:
    _out, error = process.communicate()
    if process.returncode:
        said = error.decode(errors="replace").strip().splitlines() or [f"code {process.returncode}"]
        raise ProgramFailed(said[0])
