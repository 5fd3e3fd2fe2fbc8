"""The schema of the APIs is built once for all processes, and again after a change of the code."""

import gzip
import json
import os

import pytest

from crm.api.views import api_docs, kept_schema


@pytest.fixture
def code(tmp_path, settings, monkeypatch):
    """A module of the code, which each process that starts looks at."""
    settings.DATA = tmp_path / "data"
    monkeypatch.setattr(kept_schema, "ROOT", tmp_path / "code")
    module = tmp_path / "code" / "crm" / "module.py"
    module.parent.mkdir(parents=True)
    module.write_text("one = 1")
    start_process()
    yield module
    monkeypatch.undo()
    start_process()


def start_process() -> None:
    """Forget what a process remembers."""
    kept_schema._get_path.cache_clear()
    api_docs._build_bodies.cache_clear()


@pytest.fixture
def built(monkeypatch):
    """How often the schema was built."""
    found = []

    def build() -> dict:
        found.append({"openapi": "3.1.0", "built": len(found)})
        return found[-1]

    monkeypatch.setattr(api_docs, "get_schema", build)
    return found


def ask(client) -> dict:
    start_process()
    plain = client.get("/api/schema").json()
    compressed = client.get("/api/schema", headers={"Accept-Encoding": "gzip"}).content
    assert json.loads(gzip.decompress(compressed)) == plain
    return plain


def test_a_second_process_reads_what_the_first_one_built(code, built, client, db):
    assert ask(client) == ask(client) == {"openapi": "3.1.0", "built": 0}
    assert len(built) == 1


def test_a_change_of_the_code_builds_it_again_and_removes_the_old_one(code, built, client, db, settings):
    ask(client)
    os.utime(code, ns=(1, 1))
    assert ask(client)["built"] == 1
    code.with_name("another.py").write_text("")
    assert ask(client)["built"] == 2
    assert len(list(settings.DATA.rglob("*.gz"))) == 1


def test_a_file_that_is_cut_off_is_built_again(code, built, client, db, settings):
    ask(client)
    (file,) = settings.DATA.rglob("*.gz")
    file.write_bytes(file.read_bytes()[:20])
    assert ask(client)["built"] == 1


def test_without_a_folder_that_can_be_written_each_process_builds_its_own(code, built, client, db, settings):
    settings.DATA.write_text("This is a file.")
    assert [ask(client)["built"], ask(client)["built"]] == [0, 1]
