"""deploy/cluster/: who gets which settings and passwords, and that shells and services read the same."""

import os
import re
import subprocess
from pathlib import Path
from string import Template

import pytest

from deploy.cluster.fill import BALANCER, HERE, fill, read_values
from deploy.cluster.services import Service, said_by


@pytest.fixture
def filled(tmp_path):
    """filled("app1") writes the files of a machine with the values of the example, and returns their folder."""

    def make(name: str):
        fill(read_values(HERE / "example.env"), name, tmp_path / name)
        return tmp_path / name

    return make


def test_a_shell_reads_the_settings_like_the_service(filled):
    file = filled("app1") / "leadwell.env"
    command = ["sh", "-euc", f"set -a; . {file}; env"]
    done = subprocess.run(
        command, capture_output=True, text=True, env={"PATH": os.environ["PATH"]}, check=True
    )
    said = dict(line.split("=", 1) for line in done.stdout.splitlines())
    assert "&" in said["DATABASE_DIRECT_URL"]
    assert {name: said.get(name) for name in read_values(file)} == read_values(file)


def test_each_service_reads_its_own_settings_last_and_writing_the_files_again_keeps_them(filled):
    folder = filled("app1")
    for unit in ("web", "worker"):
        told = said_by(folder / "systemd" / f"leadwell-{unit}.service")["EnvironmentFile"]
        assert [Path(file).name for file in told] == ["leadwell.env", "own.env", f"{unit}.env"]
        assert [file.startswith("-") for file in told] == [False, True, True]
    (folder / "own.env").write_text("EMAIL_URL='smtp+tls://mail.example.com'\n")
    (folder / "worker.env").write_text("LEADWELL_METRICS=10.0.0.11:9465\n")
    filled("app1")
    assert "EMAIL_URL" in (folder / "own.env").read_text()
    # A cluster on one machine starts its services with them.
    for unit, metrics in (("web", None), ("worker", "10.0.0.11:9465")):
        file = folder / "systemd" / f"leadwell-{unit}.service"
        file.write_text(file.read_text().replace("/etc/leadwell", str(folder)))
        environment = Service(f"app1 {unit}", folder, None).child.options["env"]
        assert environment["EMAIL_URL"] == "smtp+tls://mail.example.com"
        assert environment.get("LEADWELL_METRICS") == metrics
        assert environment["LEADWELL_PROXIES"] == "1"


def test_the_backup_is_read_from_a_replica_with_the_settings_of_the_service(tmp_path):
    """A program that says what it was started with takes the place of Python."""
    done = backed_up(tmp_path, '#!/bin/sh\necho "$(pwd): $@"\nenv\n')
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("/tmp: manage.py backup\n")
    said = dict(line.split("=", 1) for line in done.stdout.splitlines()[1:])
    assert said["DATABASE_URL"] == "postgres://leadwell:secret@127.0.0.1:5001/leadwell"
    assert said["DATABASE_DIRECT_URL"] == ""
    assert said["LEADWELL_MODE"] == "production"
    assert said["LEADWELL_BACKUP_KEYS"] == "age1"


def test_the_backup_is_read_from_the_primary_if_a_replica_can_not_give_it(tmp_path):
    done = backed_up(tmp_path, '#!/bin/sh\necho "$DATABASE_URL"\n! echo "$DATABASE_URL" | grep -q 5001\n')
    assert done.returncode == 0
    assert [line.partition("@")[2] for line in done.stdout.split()] == [
        "127.0.0.1:5001/leadwell",
        "127.0.0.1:5000/leadwell",
    ]
    done = backed_up(tmp_path, "#!/bin/sh\nfalse\n")
    assert done.returncode == 1


def backed_up(folder: Path, program: str) -> subprocess.CompletedProcess:
    """backup.sh with this program in the place of Python."""
    python = folder / "python"
    python.write_text(program)
    python.chmod(0o700)
    values = read_values(HERE / "example.env") | {
        "LEADWELL_PASSWORD": "secret",
        "CONFIGURATION": str(folder),
    }
    fill(values | {"PYTHON": str(python), "APP": "/tmp"}, "app1", folder)
    (folder / "own.env").write_text("LEADWELL_BACKUP_KEYS=age1\n")
    return subprocess.run(
        [folder / "backup.sh"], capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"}
    )


# What each kind of machine uses.
KNOWN = {
    "db1": {"SUPERUSER_PASSWORD", "REPLICATION_PASSWORD", "LEADWELL_PASSWORD", "PATRONI_PASSWORD"},
    "app1": {"LEADWELL_PASSWORD", "SECRET_KEY"},
    BALANCER: set(),
}


@pytest.mark.parametrize("name", KNOWN)
def test_a_machine_gets_only_the_passwords_that_it_uses(tmp_path, name):
    values = read_values(HERE / "example.env")
    secrets = {secret: f"the-{secret}" for secret in values if re.search("PASSWORD|SECRET", secret)}
    fill(values | secrets, name, tmp_path)
    text = "".join(path.read_text() for path in tmp_path.rglob("*") if path.is_file())
    assert {secret for secret, value in secrets.items() if value in text} == KNOWN[name]


@pytest.mark.parametrize("script", ["cluster/first_database.sh", "database.sh"])
def test_a_password_is_not_among_the_words_of_a_command_which_all_users_see(tmp_path, script):
    """A program that says its words takes the place of psql."""
    psql = tmp_path / "psql"
    psql.write_text('#!/bin/sh\necho "$@"\nenv | grep PASSWORD\ncat\n')
    psql.chmod(0o700)
    text = (HERE.parent / script).read_text()
    if script.startswith("cluster/"):
        text = Template(text).substitute(LEADWELL_PASSWORD="secret", PROGRAMS=tmp_path)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "LEADWELL_DATABASE_PASSWORD": "secret"}
    done = subprocess.run(
        ["bash", "-c", text, "script", "postgres"],
        capture_output=True,
        text=True,
        env=environment,
        check=True,
    )
    words, *rest = done.stdout.splitlines()
    assert "secret" not in words
    (asked,) = re.findall(r"(?m)^\\getenv password (\w+)$", done.stdout)
    assert f"{asked}=secret" in rest
