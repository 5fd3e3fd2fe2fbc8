"""A bucket on a real S3 server in this process, and ways to it that are slow, break off, or lead nowhere."""

import logging
import secrets

import boto3
import pytest
from moto.server import ThreadedMotoServer

from crm.platform.files import s3_store as client
from crm.platform.files.storage_settings import build_storage_setting
from tests.crm.platform.files.store.ways import Way
from tests.intake.conftest import make_form, send, visitor
from tests.ports import get_free_port

__all__ = ["make_form", "send", "visitor"]

PREFIX = "leadwell/main"


class Store:
    """A bucket, looked at past Leadwell; `lead_to` says at which port Leadwell reaches it."""

    def __init__(self, port: int, settings) -> None:
        self.port, self.settings, self.name = port, settings, f"files-{secrets.token_hex(4)}"
        self.s3 = boto3.resource("s3", endpoint_url=f"http://127.0.0.1:{port}", region_name="us-east-1")
        self.bucket = self.s3.create_bucket(Bucket=self.name)
        self.lead_to(port)

    def address(self, port: int | None = None) -> str:
        return f"s3://{self.name}/{PREFIX}?endpoint=http://127.0.0.1:{port or self.port}&region=us-east-1"

    def lead_to(self, port: int | None = None) -> None:
        self.settings.FILES = self.address(port)
        self.settings.STORAGES = {
            **self.settings.STORAGES,
            "default": build_storage_setting(self.settings.FILES),
        }

    def go_away(self) -> None:
        """Nothing listens there."""
        self.lead_to(get_free_port())

    def come_back(self) -> None:
        self.lead_to()

    @property
    def names(self) -> list[str]:
        return sorted(entry.key.removeprefix(f"{PREFIX}/") for entry in self.bucket.objects.all())

    def content(self, name: str) -> bytes:
        return self.bucket.Object(f"{PREFIX}/{name}").get()["Body"].read()


@pytest.fixture(scope="session")
def s3_server():
    """The port of a server that runs as long as the tests."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield server.get_host_and_port()[1]
    server.stop()


@pytest.fixture
def store(s3_server, settings, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setattr(client, "CONNECT", 1)
    monkeypatch.setattr(client, "SILENCE", 2)
    monkeypatch.setattr(client, "TRIES", 1)
    return Store(s3_server, settings)


@pytest.fixture
def way(store):
    """way(pause=…, cut_after=…) is a way to the store; from then on, Leadwell takes it."""
    opened = []

    def lead(**how) -> Way:
        opened.append(Way(store.port, **how))
        store.lead_to(opened[-1].port)
        return opened[-1]

    yield lead
    for one in opened:
        one.close()


@pytest.fixture
def temporary(settings):
    """Calling it lists what is left of temporary files."""
    return lambda: sorted(settings.TEMPORARY.iterdir()) if settings.TEMPORARY.is_dir() else []
