"""Mails that the demo writes to files can be read by the user of the machine who runs Leadwell, and by no other."""

import os
import stat

import pytest
from django.conf import settings as configured
from django.core.mail import EmailMessage, get_connection

from crm.platform.configuration.environment import read_environment

LETTER = EmailMessage(
    "Your Leadwell account", "https://crm.example.com/password/set/abc", to=["eva@example.com"]
)


@pytest.fixture
def folder(tmp_path):
    """Where mails go; files are made as open as the machine allows."""
    before = os.umask(0o022)
    yield tmp_path / "mail"
    os.umask(before)


def mode(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def send(folder) -> None:
    backend = read_environment().email["EMAIL_BACKEND"]
    get_connection(backend, file_path=str(folder)).send_messages([LETTER])


def test_a_mail_and_its_folder_are_closed_to_others(folder):
    send(folder)
    (file,) = folder.iterdir()
    assert (oct(mode(folder)), oct(mode(file))) == ("0o700", "0o600")
    assert "password/set/abc" in file.read_text()


def test_a_folder_that_an_earlier_version_left_open_is_closed(folder):
    folder.mkdir(mode=0o755)
    send(folder)
    assert oct(mode(folder)) == "0o700"


def test_several_mails_of_one_connection_stay_together(folder):
    backend = read_environment().email["EMAIL_BACKEND"]
    get_connection(backend, file_path=str(folder)).send_messages([LETTER, LETTER])
    (file,) = folder.iterdir()
    assert file.read_text().count("password/set/abc") == 2


def test_the_folder_of_the_demo_is_in_the_data():
    assert read_environment().email["EMAIL_FILE_PATH"] == configured.DATA / "mail"
