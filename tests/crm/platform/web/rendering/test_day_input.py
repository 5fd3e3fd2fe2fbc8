"""The field for a day and for a point in time: it shows the order of the page, and reads what people type."""

from datetime import UTC, date, datetime, time

import pytest
from django import forms
from django.utils import timezone, translation
from django.utils.formats import date_format

from crm.platform.web.rendering.day_input import DayTimeInput, TimeInput
from crm.platform.web.rendering.form_rendering import Form


class Planned(Form):
    day = forms.DateField()
    at = forms.DateTimeField(required=False, widget=DayTimeInput)


@pytest.mark.parametrize("language", ["en", "ro"])
@pytest.mark.parametrize("month", range(1, 13))
def test_every_day_that_is_shown_is_read_as_the_same_day(language, month):
    with translation.override(language):
        shown = Planned(initial={"day": date(2026, month, 3), "at": datetime(2026, month, 3, 14, 30)})
        texts = {name: shown[name].field.widget.format_value(shown[name].value()) for name in ("day", "at")}
        form = Planned(texts)
        assert form.is_valid(), form.errors
    assert form.cleaned_data["day"] == date(2026, month, 3)
    assert timezone.make_naive(form.cleaned_data["at"]) == datetime(2026, month, 3, 14, 30)


@pytest.mark.parametrize(("language", "text"), [("en", "3 Nov 2026"), ("ro", "3 nov. 2026")])
def test_a_day_is_written_as_on_every_page(language, text):
    with translation.override(language):
        drawn = str(Planned(initial={"day": date(2026, 11, 3)})["day"])
    assert f'value="{text}"' in drawn
    assert 'type="text"' in drawn


@pytest.mark.parametrize(
    "typed", ["soon", "11/25/2026", "31.2.2026", "3 Foo 2026", "3 Nov 2026, 14:30", "0", "2026-13-01"]
)
def test_what_is_no_day_gets_a_sentence_and_stays_as_typed(typed):
    form = Planned({"day": typed})
    assert form.errors["day"] == ["Enter a date like 25 Nov 2026."]
    assert f'value="{typed}"' in str(form["day"])


@pytest.mark.parametrize("typed", ["soon", "3 Nov 2026", "3 Nov 2026, 25:00"])
def test_what_is_no_point_in_time_gets_a_sentence(typed):
    form = Planned({"day": "3 Nov 2026", "at": typed})
    assert form.errors["at"] == ["Enter a date and a time like 25 Nov 2026, 14:30."]


def test_a_year_before_1900_is_kept_as_it_is():
    drawn = str(Planned(initial={"day": date(1850, 1, 2)})["day"])
    assert 'value="1850-01-02"' in drawn
    assert Planned({"day": "1850-01-02"}).is_valid()


def test_a_period_between_two_days_is_typed_as_it_is_shown(sign_in, ann, make_lead):
    make_lead("Jan Novák", owner=ann)
    browser = sign_in(ann)
    today = timezone.localdate()
    typed = f"{today.day} {today:%b} {today.year}"
    address = "/admin/leads?all=1&created=between&created_from="
    assert "Jan Novák" in browser.get(f"{address}{typed}").text
    assert "Jan Novák" in browser.get(f"{address}{today}").text
    assert browser.get(f"{address}soon").status_code == 400


class Due(Form):
    clock = forms.TimeField(required=False, widget=TimeInput)


@pytest.mark.parametrize("typed", ["soon", "25:00", "14:60", "13 pm", "0 am", "pm", "12345"])
def test_what_is_no_time_of_day_gets_a_sentence_and_stays_as_typed(typed):
    form = Due({"clock": typed})
    assert form.errors["clock"] == ["Enter a time like 14:30."]
    assert f'value="{typed}"' in str(form["clock"])


def test_a_time_of_day_is_written_by_24_hours_whatever_the_browser_speaks():
    drawn = str(Due(initial={"clock": time(16, 5)})["clock"])
    assert 'value="16:05"' in drawn
    assert 'type="text"' in drawn


def test_the_example_of_a_time_of_day_is_in_the_language_of_the_reader():
    for language, hint in (("en", "e.g. 14:30"), ("ro", "ex. 14:30")):
        with translation.override(language):
            assert f'placeholder="{hint}"' in str(Due()["clock"])


@pytest.fixture
def late(monkeypatch):
    """Half past eleven in the evening of Wednesday in Bucharest, which is tomorrow further east."""
    moment = datetime(2026, 11, 25, 21, 30, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: moment)


@pytest.mark.parametrize(
    ("zone", "typed", "day"),
    [
        ("Europe/Bucharest", "today", date(2026, 11, 25)),
        ("Asia/Tokyo", "today", date(2026, 11, 26)),
        ("Europe/Bucharest", "vineri", date(2026, 11, 27)),
        ("Europe/Bucharest", "+3", date(2026, 11, 28)),
    ],
)
def test_a_word_for_a_day_is_read_on_the_calendar_of_whoever_types_it(late, zone, typed, day):
    with timezone.override(zone):
        form = Planned({"day": typed})
        assert form.is_valid(), form.errors
        assert form.cleaned_data["day"] == day
        assert f'value="{date_format(day, "j M Y")}"' in str(form["day"])


@pytest.mark.parametrize("typed", ["tomorrow", "tomorrow,", "tomorrow noon"])
def test_a_word_without_a_readable_time_gets_a_sentence_and_stays_as_typed(late, typed):
    form = Planned({"day": "today", "at": typed})
    assert form.errors["at"] == ["Enter a date and a time like 25 Nov 2026, 14:30."]
    assert f'value="{typed}"' in str(form["at"])


def test_a_filter_keeps_the_day_that_was_meant_when_it_was_added(sign_in, ann):
    sent = {"query": "all=1", "created": "between", "created_from": "today", "chosen": "1"}
    answer = sign_in(ann).get("/admin/leads/filter/created", sent)
    assert f"created_from={timezone.localdate()}" in answer["Location"]
