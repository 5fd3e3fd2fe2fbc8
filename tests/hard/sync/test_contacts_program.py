"""A program in TypeScript, with types that are generated from the schema, keeps contacts and another CRM the same, whatever goes wrong."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from crm.api.views.api_docs import get_schema
from tests.api.conftest import make_token
from tests.examples import TIMES
from tests.hard.sync.people_at_work import Work, keep_both_the_same
from tests.hard.sync.world import Hands, Sync

pytestmark = [pytest.mark.hard, pytest.mark.django_db(transaction=True, databases=["default", "progress"])]

SOURCE = Path(__file__).parent / "typescript"


def name_contact(name: str) -> dict[str, str]:
    return {"last_name": name, "email": f"{name}@example.com", "phone": "(0722) 123-456", "title": "Buyer"}


# Without npm, there is no compiler of TypeScript.
if shutil.which("npm"):

    @pytest.fixture(scope="module")
    def program(tmp_path_factory) -> Path:
        """The compiled program beside its packages, as the lock file has them. The compiler accepts its calls."""
        folder = tmp_path_factory.mktemp("generated")
        (folder / "schema.json").write_text(json.dumps(get_schema(), default=str))
        for file in SOURCE.iterdir():
            shutil.copy(file, folder)
        for command in (
            ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"],
            ["npx", "openapi-typescript", "schema.json", "--default-non-nullable=false", "-o", "schema.d.ts"],
            ["npx", "tsc", "-p", "."],
        ):
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
            assert done.returncode == 0, done.stdout + done.stderr
        return folder / "contacts_program.js"

    @pytest.fixture
    def sync(make_field, program, network, addresses, tmp_path):
        field = make_field("ID in the other CRM", of="contact", is_unique=True)
        environment = {
            **addresses,
            "PERSON_FIELD": field.name,
            "STATE": str(tmp_path / "state.lines"),
        }
        return Sync(["node", str(program)], environment, network)

    @pytest.fixture
    def work(ada, live_server, other):
        hands = Hands(live_server.url, make_token(ada), "contacts")
        return Work(hands, other, ("title", "last_name"), name_contact)

    # Each night there are more.
    @pytest.mark.parametrize("seed", range(TIMES))
    def test_nothing_is_lost_or_doubled_whatever_goes_wrong(seed, sync, work):
        work.fill()
        keep_both_the_same(seed, sync, work)
