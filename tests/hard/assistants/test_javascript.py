"""A second implementation of the protocol against a running server: its JavaScript client, in both kinds of revisions."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from assistants.protocol.revisions import STATELESS, WITH_HANDSHAKE
from tests.waiting import PATIENCE

pytestmark = pytest.mark.hard

SOURCE = Path(__file__).parent / "javascript"


# Without npm, there is no second implementation to ask.
if shutil.which("npm"):

    @pytest.fixture(scope="module")
    def program(tmp_path_factory):
        """The client with its packages, as the lock file has them."""
        folder = tmp_path_factory.mktemp("javascript")
        for file in SOURCE.iterdir():
            shutil.copy(file, folder)
        done = subprocess.run(
            ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
            cwd=folder,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return folder / "client.mjs"

    @pytest.mark.parametrize(("mode", "version"), [("auto", STATELESS), ("legacy", WITH_HANDSHAKE[0])])
    def test_the_javascript_client_reads_changes_and_undoes(leadwell, program, mode, version):
        own = {"LEADWELL_URL": leadwell.site, "LEADWELL_TOKEN": leadwell.secret, "MODE": mode}
        done = subprocess.run(
            ["node", str(program)],
            env={**os.environ, **own},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        assert done.returncode == 0, done.stderr
        saw = json.loads(done.stdout)
        assert saw["version"] == version
        assert "list_records" in saw["tools"]
        assert "delete_record" not in saw["tools"]
        assert (saw["city"], saw["outcome"]) == ("Câmpulung", {"back": 1, "kept": 0})
        assert saw["refused"] == [True, "Not found."]
