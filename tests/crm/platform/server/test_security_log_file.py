"""The file of the security log: private, one object a line, and no reason for a request to fail."""

import json
import logging
import stat

from crm.platform.server.private_file import PrivateFile


def test_the_file_is_private_and_has_one_json_object_per_line(tmp_path):
    path = tmp_path / "logs" / "security.jsonl"
    handler = PrivateFile(path, encoding="utf-8", delay=True)
    for text in ({"event": "one", "name": "Nová\n"}, {"event": "two"}):
        handler.emit(logging.makeLogRecord({"msg": json.dumps(text)}))
    handler.close()
    assert [json.loads(line)["event"] for line in path.read_text().splitlines()] == ["one", "two"]
    assert [oct(stat.S_IMODE(found.stat().st_mode)) for found in (path, path.parent)] == ["0o600", "0o700"]


def test_a_file_that_cannot_be_opened_stops_nothing(tmp_path, capsys):
    (tmp_path / "logs").write_text("a file where the folder should be")
    handler = PrivateFile(tmp_path / "logs" / "security.jsonl", encoding="utf-8", delay=True)
    handler.handle(logging.makeLogRecord({"msg": '{"event": "signed_in"}'}))
    assert "signed_in" in capsys.readouterr().err
