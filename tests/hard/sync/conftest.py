"""The two systems, the network between them, and someone who works in Leadwell."""

import threading

import pytest

from tests.api.conftest import make_token
from tests.hard.sync.bad_network import BadNetwork
from tests.hard.sync.other_crm import OtherCrm


@pytest.fixture
def other():
    with OtherCrm() as server:
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def addresses(network, ada) -> dict[str, str]:
    """Where a program finds both, as its environment."""
    return {
        "LEADWELL_URL": f"{network.url}/leadwell",
        "LEADWELL_TOKEN": make_token(ada),
        "OTHER_URL": f"{network.url}/other",
    }


@pytest.fixture
def network(live_server, other):
    with BadNetwork({"leadwell": live_server.url, "other": other.url}) as server:
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield server
        server.shutdown()
