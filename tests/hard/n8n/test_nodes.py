"""The nodes for n8n do against a running Leadwell what they offer."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.api.conftest import make_token

pytestmark = [pytest.mark.hard, pytest.mark.django_db(transaction=True, databases=["default", "progress"])]

SOURCE = Path(__file__).parents[3] / "n8n"


def run(command: list[str], folder: Path, **environment: str) -> None:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, env={**os.environ, **environment}
    )
    assert done.returncode == 0, done.stdout + done.stderr


# Without npm, there is no compiler of TypeScript.
if shutil.which("npm"):

    @pytest.fixture(scope="module")
    def package(tmp_path_factory) -> Path:
        """The package as it is built, beside the packages of the lock file."""
        folder = tmp_path_factory.mktemp("n8n") / "package"
        shutil.copytree(SOURCE, folder, ignore=shutil.ignore_patterns("node_modules", "dist"))
        run(
            ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--omit=optional"],
            folder,
        )
        run(["npm", "run", "build"], folder)
        return folder

    def test_the_nodes_read_write_and_follow_a_running_leadwell(package, live_server, ada, make_field):
        environment = {
            "LEADWELL_URL": live_server.url,
            "LEADWELL_TOKEN": make_token(ada),
            "WRITE_ONLY_TOKEN": make_token(ada, ["leads.post"]),
            "CUSTOM_FIELD": make_field("Employees", "number").name,
            "CHOICE_FIELD": make_field("Size", "choice", choices=["Small", "Large"]).name,
            "UNIQUE_FIELD": make_field("Number in the shop", of="deal", is_unique=True).name,
        }
        # One file after the other: they change the same leads.
        run(["node", "--test", "--test-concurrency=1", "tests/"], package, **environment)
