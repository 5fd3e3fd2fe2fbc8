"""An import that is stopped at any place goes on where it was: nothing is missing, and nothing is there twice."""

import json
import os
import stat
from collections import Counter

import httpx
import pytest
from leadwell.connection.calls import PATIENT_ATTEMPTS
from leadwell.failures import Exit
from leadwell.transfer import import_progress, sending

from leads.models import Lead
from tests.killed import killed_at

ROWS, BATCH = 23, 5
TEXT = "last_name\n" + "".join(f"Albu{number}\n" for number in range(ROWS))
LOST = httpx.ReadError("The connection was closed.")


@pytest.fixture
def start(ann_types, tmp_path):
    (tmp_path / "a.csv").write_text(TEXT)

    def run(*words: str, code: int | None = 0):
        return ann_types("leads", "import", "a.csv", "--batch-size", BATCH, "--json", *words, code=code)

    return run


def get_state(tmp_path):
    return list((tmp_path / "config" / "leadwell" / "imports").glob("*.jsonl"))


def is_complete() -> bool:
    names = Counter(Lead.objects.values_list("last_name", flat=True))
    return names == {f"Albu{number}": 1 for number in range(ROWS)}


@pytest.mark.parametrize("batch", range(5))
def test_a_lost_answer_adds_nothing_twice(start, server, batch):
    """The server has written the batch, and the program doesn't know."""
    before = len(server.called)
    start("--preview")
    # me, schema and custom fields are read first, as in the preview, whose batches are the rest.
    first = next(place for place, one in enumerate(server.called[before:], 1) if one.method == "POST")
    server.lost = {len(server.called) + first + batch}
    assert start().json["added"] == ROWS
    assert server.count("POST", "/batch") > 5
    assert is_complete()


def test_a_server_that_stays_away_stops_the_import_and_the_same_command_goes_on(start, server, tmp_path):
    start("--preview")
    posts = {"seen": 0}
    handle = server.handle

    def stay_away(request):
        posts["seen"] += request.url.path.endswith("/batch")
        if posts["seen"] > 2:
            handle(request)
            raise LOST
        return handle(request)

    server.handle = stay_away
    answered = start(code=Exit.CONNECTION)
    assert "10 of 23 rows are done. Run the same command again to go on." in answered.err
    assert posts["seen"] == 2 + PATIENT_ATTEMPTS
    (state,) = get_state(tmp_path)
    assert stat.S_IMODE(state.stat().st_mode) == 0o600
    server.handle = handle
    answered = start()
    assert "Going on after row 11: 10 of 23 rows are done." in answered.err
    assert answered.json["added"] == ROWS
    assert len(answered.json["operations"]) == 5
    assert is_complete()
    assert get_state(tmp_path) == []


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("name", ["begin_batch", "end_batch"])
def test_a_program_that_is_killed_around_a_batch_goes_on(start, name, when):
    with killed_at(import_progress.ImportProgress, name, when):
        start()
    assert start().json["added"] == ROWS
    assert is_complete()


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_program_that_is_killed_around_a_call_goes_on(start, when):
    with killed_at(sending.RowSender, "post", when):
        start()
    assert start().json["added"] == ROWS
    assert is_complete()


def test_a_line_that_was_not_written_completely_counts_as_not_written(start, tmp_path):
    with killed_at(import_progress.ImportProgress, "end_batch", "after"):
        start()
    (state,) = get_state(tmp_path)
    text = state.read_text()
    state.write_text(text[:-20])
    assert start().json["added"] == ROWS
    assert is_complete()


def test_ctrl_c_says_how_far_the_import_is(start, server, monkeypatch):
    post, calls = sending.RowSender.post, []

    def interrupted(self, body, key):
        calls.append(key)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return post(self, body, key)

    monkeypatch.setattr(sending.RowSender, "post", interrupted)
    answered = start(code=Exit.STOPPED)
    assert "10 of 23 rows are done." in answered.err
    monkeypatch.setattr(sending.RowSender, "post", post)
    start()
    assert is_complete()


def test_a_finished_import_has_nothing_to_go_on_with(start):
    start()
    start()
    assert Lead.objects.count() == 2 * ROWS


def test_a_changed_file_is_another_import(start, tmp_path):
    with killed_at(import_progress.ImportProgress, "end_batch", "after"):
        start()
    (tmp_path / "a.csv").write_text("last_name\nDinu\n")
    answered = start()
    assert "Going on" not in answered.err
    assert answered.json["added"] == 1


def test_an_import_can_begin_again(start):
    with killed_at(import_progress.ImportProgress, "end_batch", "after"):
        start()
    assert start("--restart").json["added"] == ROWS
    assert Lead.objects.count() == ROWS + BATCH


def test_a_batch_whose_key_is_old_is_not_sent_blindly(start, server, monkeypatch):
    with killed_at(sending.RowSender, "post", "after"):
        start()
    monkeypatch.setattr(import_progress, "KEY_LIFETIME", -1)
    answered = start(code=Exit.REFUSED)
    assert "Rows 2 to 6 were sent more than 20 hours ago" in answered.err
    assert "--restart --from-row 7" in answered.err
    start("--restart", "--from-row", "7")
    assert is_complete()


def test_refused_rows_of_the_first_run_are_reported_by_the_second(ann_types, tmp_path):
    lines = ["last_name,email", *(f"Albu{n},{'no address' if n % 4 == 0 else ''}" for n in range(12))]
    (tmp_path / "a.csv").write_text("\n".join(lines))
    words = ["leads", "import", "a.csv", "--batch-size", "5", "--json"]
    with killed_at(import_progress.ImportProgress, "end_batch", "after"):
        ann_types(*words)
    answered = ann_types(*words, code=Exit.REFUSED)
    assert [one["row"] for one in answered.json["refused"]] == [2, 6, 10]
    assert answered.json["added"] == 9
    assert len((tmp_path / "a.refused.csv").read_text().splitlines()) == 4


def test_what_is_kept_of_an_import_has_no_token(start, tmp_path, ann_types):
    with killed_at(import_progress.ImportProgress, "begin_batch", "after"):
        start()
    (state,) = get_state(tmp_path)
    assert ann_types.secret not in state.read_text()
    assert json.loads(state.read_text().splitlines()[0])["sending"]["rows"] == [2, 3, 4, 5, 6]


def test_the_same_import_does_not_run_twice_at_once(start, server, tmp_path):
    with killed_at(import_progress.ImportProgress, "begin_batch", "after"):
        start()
    (state,) = get_state(tmp_path)
    with import_progress.lock(state.with_suffix(".lock")):
        assert "right now" in start(code=Exit.REFUSED).err
    assert server.count("POST", "/batch") == 0
    start()
    assert is_complete()


def test_an_import_that_was_stopped_long_ago_is_forgotten(start, tmp_path):
    with killed_at(import_progress.ImportProgress, "end_batch", "after"):
        start()
    (state,) = get_state(tmp_path)
    long_ago = state.stat().st_mtime - import_progress.KEPT - 60
    os.utime(state, (long_ago, long_ago))
    assert "Going on" not in start().err


def test_a_preview_leaves_a_stopped_import_as_it_is(start):
    with killed_at(import_progress.ImportProgress, "end_batch", "after"):
        start()
    assert start("--preview", "--restart").json["importable"] == ROWS
    assert "Going on after row 6" in start().err
    assert is_complete()
