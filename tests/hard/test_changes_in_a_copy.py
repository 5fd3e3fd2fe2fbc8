"""The changes whose places the README names, made in a copy of Leadwell: fields, a bulk action, reports and others."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from crm.platform.configuration.environment import ROOT
from crm.platform.database.embedded_postgres import get_shifted_clock
from tests.hard.copy.edits import EVERYTHING, Edits

pytestmark = pytest.mark.hard


def change(folder: Path, changes: Edits) -> None:
    for name, steps in changes.items():
        path = folder / name
        text = path.read_text() if path.exists() else ""
        for before, new in steps:
            assert before in text, (name, before)
            text = text.replace(before, new + before, 1)
        path.write_text(text)


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The copy with all changes; its commands are called with copy("manage.py", …)."""
    folder = tmp_path_factory.mktemp("copy")
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    for changes in EVERYTHING:
        change(folder, changes)
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    data = tmp_path_factory.mktemp("data")

    def call(*words: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, *words],
            cwd=folder,
            env={
                **kept,
                **get_shifted_clock(),
                "LEADWELL_DATA": str(data),
                "LEADWELL_TEST_DATA": str(data),
                "PYTHONPATH": str(folder),
            },
            capture_output=True,
            text=True,
            timeout=280,
        )

    call.folder = folder
    for app, name in (("leads", "industry"), ("customers", "nickname")):
        made = call("manage.py", "makemigrations", app, "--name", name)
        assert made.returncode == 0, made.stderr
    return call


def test_the_migration_of_a_field_and_a_permission_contains_no_trigger(copy):
    [migration] = (copy.folder / "leads" / "migrations").glob("*_industry.py")
    text = migration.read_text()
    assert sorted(re.findall(r"migrations\.([A-Z]\w+)\(", text)) == [
        "AddField",
        "AddField",
        "AddIndex",
        "AlterModelOptions",
    ]
    # The options of a model name all its permissions in one line.
    assert max(len(line) for line in text.splitlines() if "options=" not in line) < 250


@pytest.mark.nightly
def test_every_screen_excel_and_the_apis_have_the_added_parts(copy):
    walked = copy("-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "tests/hard/copy/walk.py")
    assert walked.returncode == 0, walked.stdout[-5_000:] + walked.stderr[-2_000:]
    assert " passed" in walked.stdout


def test_undeclared_additions_fail_the_permission_matrix(copy):
    name = "tests/matrix/test_declared.py"
    tried = copy(
        "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "-m", "not hard", name, "-k", "declared"
    )
    assert "test_every_url_of_the_product_is_declared_and_no_other" in tried.stdout
    assert "admin/leads/industries" in tried.stdout
    assert "mining" in tried.stdout
