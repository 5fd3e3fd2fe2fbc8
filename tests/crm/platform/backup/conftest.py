"""A data folder for backups, in which files are made without a dump."""

import os
from datetime import timedelta

import pytest
from django.utils import timezone

from crm.platform.backup import backup


@pytest.fixture
def data(settings, tmp_path):
    """The data folder of this server, without backups."""
    settings.DATA = tmp_path / "data"
    settings.MEDIA_ROOT = str(tmp_path / "data" / "files")
    settings.FILES, settings.BACKUP_KEYS = "", []
    return settings.DATA


@pytest.fixture
def place_backup(data):
    """place_backup("leadwell-….tar", hours=3) is the path of a backup that was written so long ago."""

    def placed(name: str, **ago):
        path = data / "backups" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"what people have entered")
        moment = (timezone.now() - timedelta(**ago)).timestamp()
        os.utime(path, (moment, moment))
        return path

    return placed


@pytest.fixture
def quick_dump(monkeypatch):
    """A dump of no time."""
    monkeypatch.setattr(backup.client_programs, "dump_database", lambda into, watch: into.write_text("x"))
