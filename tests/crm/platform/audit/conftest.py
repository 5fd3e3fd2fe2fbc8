"""A receiver whose certificate is from our own authority."""

import pytest

from crm.platform.audit import receivers
from tests.crm.platform.audit.receiving import SECRET, Authority


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def follow(settings, authority, db, monkeypatch):
    """follow(url) makes it the receiver, whose certificate is from our authority."""
    monkeypatch.setattr(receivers, "SECONDS", 1)
    monkeypatch.setattr(receivers, "RESET_WITHIN", 200)

    def to(url: str) -> None:
        settings.AUDIT_LOG, settings.AUDIT_CA, settings.AUDIT_SECRET = url, str(authority.path), SECRET

    return to
