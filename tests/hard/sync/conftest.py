"""The two systems, the network between them, and someone who works in Leadwell."""

import json
import threading
from pathlib import Path

import pytest

from crm.api.views.api_docs import get_schema
from tests.hard.sync.bad_network import BadNetwork
from tests.hard.sync.other_crm import OtherCrm


@pytest.fixture(scope="module")
def schema_file(tmp_path_factory) -> Path:
    """The schema of all calls, alone in its folder."""
    file = tmp_path_factory.mktemp("generated") / "schema.json"
    file.write_text(json.dumps(get_schema(), default=str))
    return file


@pytest.fixture
def other():
    with OtherCrm() as server:
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def network(live_server, other):
    with BadNetwork({"leadwell": live_server.url, "other": other.url}) as server:
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield server
        server.shutdown()
