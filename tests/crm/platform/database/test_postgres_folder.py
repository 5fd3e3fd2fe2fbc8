"""The folder of the embedded PostgreSQL, which belongs to the user that PostgreSQL runs as."""

import getpass
from pathlib import Path

from crm.platform.database.embedded_postgres import _change_folder_owner


def test_a_file_that_a_running_server_removes_in_this_moment_stops_nothing(tmp_path, monkeypatch):
    (tmp_path / "there").touch()
    monkeypatch.setattr(Path, "rglob", lambda folder, _pattern: [folder / "gone", folder / "there"])
    _change_folder_owner(tmp_path, getpass.getuser())
