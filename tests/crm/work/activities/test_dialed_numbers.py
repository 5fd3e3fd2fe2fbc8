"""Calling a number: the address that dials it, and the log of a call that was dialed on the page."""

from datetime import UTC, timedelta

import pytest
from django.utils import timezone

from crm.models import Activity
from crm.platform.configuration.environment import SettingError, read_environment
from crm.platform.web.phone_links import build_dial_url


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Jan Novák", owner=bob, phone="0722 123 456", phone_normal="+40722123456")


def log(browser, lead, started: str, **sent):
    sent = {"type": "call", "text": "", "outcome": "reached", "started": started, **sent}
    browser.post(f"/admin/leads/{lead.pk}/activities", sent)
    return Activity.objects.get()


def test_a_number_is_dialed_by_the_device(settings):
    settings.DIALER = ""
    assert build_dial_url("+40 722") == "tel:+40722"


def test_a_number_is_dialed_by_the_phone_system_of_the_company(settings, sign_in, bob, lead):
    settings.DIALER = "https://dial.example.com/?to={phone}"
    assert build_dial_url("+40722") == "https://dial.example.com/?to=%2B40722"
    text = sign_in(bob).get(f"/admin/leads/{lead.pk}").content.decode()
    assert 'href="https://dial.example.com/?to=%2B40722123456" data-dial' in text


@pytest.mark.parametrize("value", ["https://dial.example.com/", "javascript:alert({phone})", "{phone}"])
def test_a_dialer_without_a_number_or_with_a_script_is_refused(value, monkeypatch):
    monkeypatch.setenv("LEADWELL_DIALER", value)
    with pytest.raises(SettingError, match="must be an address with"):
        read_environment()


def test_the_length_of_a_dialed_call_follows_from_its_start(sign_in, bob, lead):
    started = timezone.now() - timedelta(minutes=7)
    call = log(sign_in(bob), lead, started.astimezone(UTC).isoformat().replace("+00:00", "Z"))
    assert (call.minutes, call.at) == (7, started)


def test_what_the_user_enters_goes_before_the_clock(sign_in, bob, lead):
    started = timezone.now() - timedelta(minutes=7)
    assert log(sign_in(bob), lead, started.isoformat(), minutes="3").minutes == 3


@pytest.mark.parametrize("started", ["", "yesterday", "2026-13-40T99:00Z", "2026-01-01T10:00:00"])
def test_a_start_that_is_no_moment_is_ignored(started, sign_in, bob, lead):
    assert log(sign_in(bob), lead, started).minutes is None


def test_a_page_that_was_left_open_is_no_long_call(sign_in, bob, lead):
    started = timezone.now() - timedelta(hours=9)
    assert log(sign_in(bob), lead, started.isoformat()).minutes is None


def test_the_list_of_tasks_has_the_number_of_each_record(sign_in, bob, lead, make_task):
    make_task("Call", lead, user=bob, type="call")
    text = sign_in(bob).get("/admin/tasks").content.decode()
    assert 'href="tel:+40722123456"' in text
    assert f'data-dial="/admin/leads/{lead.pk}"' in text


def test_the_list_dials_a_number_too(sign_in, bob, lead):
    assert "<a href=tel:0722123456>0722 123 456</a>" in sign_in(bob).get("/admin/leads?all=1").text


def test_the_list_dials_by_the_phone_system_of_the_company(settings, sign_in, bob, lead):
    settings.DIALER = "https://dial.example.com/?to={phone}&by='x'"
    assert (
        'to=0722123456&amp;by=&#x27;x&#x27;">0722 123 456</a>' in sign_in(bob).get("/admin/leads?all=1").text
    )


def test_a_number_in_the_list_is_only_a_link_that_is_safe(sign_in, bob, make_lead):
    make_lead("Jan Novák", owner=bob, phone='+40 "><script>')
    assert (
        "<a href=tel:+40%22%3E%3Cscript%3E>+40 &quot;&gt;&lt;script&gt;</a>"
        in sign_in(bob).get("/admin/leads?all=1").text
    )
