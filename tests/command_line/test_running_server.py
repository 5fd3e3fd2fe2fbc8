"""The program itself against a running server: processes that are killed, Ctrl-C, a real connection, and the installed package."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import venv
from pathlib import Path
from types import SimpleNamespace

import psutil
import psycopg
import pytest
from django.conf import settings

from crm.platform.database.embedded_postgres import get_shifted_clock
from tests.hard.running import a_started_leadwell
from tests.waiting import PATIENCE, until

pytestmark = pytest.mark.hard

ROOT = Path(settings.BASE_DIR)
FOLDER = ROOT / "command_line"
ROWS, BATCH = 4_000, 50


@pytest.fixture(scope="module")
def server():
    with a_started_leadwell() as server:
        server.start()
        made = server.manage("create_token", "--email", "admin@demo.example", "--name", "Command line")
        assert made.returncode == 0, made.stderr
        server.secret = made.stdout.strip()
        yield server


@pytest.fixture
def shell(server, tmp_path):
    """shell.run("leads", "list") and shell.begin(…) start the program, signed in as the administrator."""
    environment = {
        "PATH": os.environ["PATH"],
        **get_shifted_clock(),
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "PYTHONPATH": str(FOLDER),
        "COLUMNS": "80",
    }

    def begin(*words, stdin=subprocess.DEVNULL) -> subprocess.Popen:
        command = [sys.executable, "-m", "leadwell", *map(str, words)]
        return subprocess.Popen(
            command,
            env=environment,
            cwd=tmp_path,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            # A shell starts what runs in the background without Ctrl-C, and tests may run there.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    def run(*words, typed: str | None = None, code: int = 0) -> SimpleNamespace:
        process = begin(*words, stdin=subprocess.PIPE if typed is not None else subprocess.DEVNULL)
        out, err = process.communicate(typed, timeout=PATIENCE)
        assert process.returncode == code, (process.returncode, out, err)
        assert server.secret not in out + err
        return SimpleNamespace(out=out, err=err)

    run("login", f"http://127.0.0.1:{server.port}", "--token-stdin", typed=server.secret)
    return SimpleNamespace(run=run, begin=begin, folder=tmp_path)


def write_rows(folder: Path, name: str) -> None:
    lines = [f"{name}{number},{name.lower()}{number}@import.example" for number in range(ROWS)]
    (folder / f"{name}.csv").write_text("\n".join(["last_name,email", *lines]))


def count_rows(server, name: str) -> tuple[int, int]:
    """How many leads there are, and how many different ones."""
    with psycopg.connect(**server.server.get_connection_parameters()) as connection:
        query = "SELECT count(*), count(DISTINCT email) FROM leads_lead WHERE email LIKE %s"
        return connection.execute(query, [f"{name.lower()}%@import.example"]).fetchone()


def count_outcomes(folder: Path) -> int:
    """How many batches the program knows to be written."""
    files = list((folder / "config/leadwell/imports").glob("*.jsonl"))
    return sum(file.read_text().count('"outcome"') for file in files)


def begin_import(shell, name: str, batches: int = 3) -> subprocess.Popen:
    """An import that is in its middle."""
    write_rows(shell.folder, name)
    process = shell.begin("leads", "import", f"{name}.csv", "--batch-size", BATCH, "--json")
    until(lambda: count_outcomes(shell.folder) >= batches or process.poll() is not None)
    assert process.poll() is None, process.communicate()
    return process


def test_a_day_at_the_terminal(shell):
    table = shell.run("leads", "list", "--limit", 5)
    assert len(table.out.splitlines()) == 6
    assert max(map(len, table.out.splitlines())) <= 80
    number = shell.run(
        "leads", "add", "last_name=Berg", "email=eva.berg@import.example", "status=New"
    ).out.strip()
    cursor = shell.run("leads", "export", "-o", "changes.jsonl", "--changes-since", "start").out.strip()
    shell.run("leads", "edit", number, "city=Vienna")
    following = shell.run("leads", "export", "-o", "changes.jsonl", "--changes-since", cursor).out.strip()
    (change,) = [json.loads(line) for line in (shell.folder / "changes.jsonl").read_text().splitlines()]
    assert (change["id"], change["change"], change["record"]["city"]) == (int(number), "changed", "Vienna")
    shell.run("leads", "delete", number, "--yes")
    shell.run("leads", "export", "-o", "changes.csv", "--changes-since", following)
    assert f"{number}" in (shell.folder / "changes.csv").read_text()
    done = json.loads(shell.run("leads", "bulk", "vip", "-f", "country=RO", "--yes", "--json").out)
    shell.run("undo", done["operation"], "--yes")
    assert "Total" in shell.run("reports", "show", "conversion").out
    shell.run("leads", "get", number, code=4)
    shell.run("leads", "list", "--bogus", code=2)


def test_a_large_change_is_waited_for_as_a_job(shell):
    done = json.loads(shell.run("leads", "bulk", "vip", "--all", "--yes", "--json").out)
    assert done["changed"] > 3_000
    undone = json.loads(shell.run("undo", done["operation"], "--yes", "--json").out)
    assert undone[0]["back"] == done["changed"]


def test_an_import_survives_a_server_that_is_killed_in_its_middle(shell, server):
    process = begin_import(shell, "Killed")
    for one in server.look():
        with contextlib.suppress(psutil.NoSuchProcess):
            one.kill()
    server.process.wait(PATIENCE)
    server.start()
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, err
    assert "Trying again" in err
    assert json.loads(out)["added"] == ROWS
    assert count_rows(server, "Killed") == (ROWS, ROWS)


def test_a_program_that_is_killed_in_the_middle_of_an_import_goes_on(shell, server):
    process = begin_import(shell, "Gone")
    psutil.Process(process.pid).kill()
    process.communicate(timeout=PATIENCE)
    assert 0 < count_rows(server, "Gone")[0] < ROWS
    again = shell.run("leads", "import", "Gone.csv", "--batch-size", BATCH, "--json")
    assert "Going on after row" in again.err
    assert json.loads(again.out)["added"] == ROWS
    assert count_rows(server, "Gone") == (ROWS, ROWS)


def test_ctrl_c_leaves_an_import_that_goes_on(shell, server):
    process = begin_import(shell, "Stopped")
    os.killpg(process.pid, signal.SIGINT)
    _out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, err
    assert f"of {ROWS:,} rows are done. Run the same command again to go on." in err
    assert "Traceback" not in err
    shell.run("leads", "import", "Stopped.csv", "--batch-size", BATCH)
    assert count_rows(server, "Stopped") == (ROWS, ROWS)


def test_a_reader_that_ends_early_leaves_no_error(shell):
    process = shell.begin("leads", "list", "--all", "-o", "jsonl")
    assert json.loads(process.stdout.readline())
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait(PATIENCE) == 0


def test_the_package_is_built_and_runs_where_nothing_of_the_server_is(server, tmp_path):
    """Without a network: the libraries that it needs are those of the tests."""
    source, wheels, place = tmp_path / "source", tmp_path / "wheels", tmp_path / "place"
    subprocess.run(["cp", "-r", FOLDER, source], check=True)
    build = ["wheel", "--no-index", "--no-build-isolation", "--no-deps", "--wheel-dir", wheels, source]
    subprocess.run([sys.executable, "-m", "pip", *build], check=True, capture_output=True, timeout=PATIENCE)
    (wheel,) = wheels.iterdir()
    assert wheel.name.startswith("leadwell-")
    venv.create(place, with_pip=False)
    install = ["--python", place / "bin/python", "install", "--no-index", "--no-deps", wheel]
    subprocess.run([sys.executable, "-m", "pip", *install], check=True, capture_output=True, timeout=PATIENCE)
    (packages,) = place.glob("lib/python*/site-packages")
    (packages / "libraries.pth").write_text(str(Path(psutil.__file__).parents[1]))
    clean = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), **get_shifted_clock()}
    clean |= {"LEADWELL_URL": f"http://127.0.0.1:{server.port}", "LEADWELL_TOKEN": server.secret}
    for words, expected in (
        (["--help"], "Exit codes"),
        (["leads", "list", "--limit", "1"], "Status"),
        (["--version"], "leadwell"),
    ):
        ran = subprocess.run(
            [place / "bin/leadwell", *words],
            cwd=tmp_path,
            env=clean,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        assert ran.returncode == 0, ran.stderr
        assert expected in ran.stdout
