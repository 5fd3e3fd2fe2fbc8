"""Romanian as it is written: dates, numbers with "de", one spelling of e-mail and one form of address."""

import re
from datetime import date, datetime
from types import SimpleNamespace

import polib
import pytest
from django.conf import settings
from django.utils import formats, translation

from reports.display.value_texts import describe_change, format_days
from reports.engine.measures import Unit

CATALOG = polib.pofile(str(settings.LOCALE_PATHS[0] / "ro" / "LC_MESSAGES" / "django.po"))
DATES = {
    "a short month is small and ends with a period": (date(2026, 11, 25), "j M Y", "25 nov. 2026"),
    "with the time": (datetime(2026, 9, 1, 9, 5), "j M Y, H:i", "1 sept. 2026, 09:05"),
    "May is short already": (date(2026, 5, 9), "j M", "9 mai"),
    "with the weekday": (date(2026, 11, 26), "D j M", "joi 26 nov."),
    "a whole month": (date(2026, 11, 25), "j F Y", "25 noiembrie 2026"),
    "in digits": (date(2026, 11, 25), "SHORT_DATE_FORMAT", "25.11.2026"),
}
DAYS = {
    # A number with decimals has no "de", however large it is.
    "hours": (0.5, "12,0 h"), "few": (3.2, "3,2 zile"), "nineteen": (19.9, "19,9 zile"), "twenty": (20, "20,0 zile"),
    "many": (246, "246,0 zile"), "after a hundred": (104, "104,0 zile"),
}  # fmt: skip
# Who receives an email or fills in a form of the company isn't addressed by their first name.
TO_CUSTOMERS = {
    "Răspundeți la invitație în calendar sau la acest e-mail.",
    "%(name)s vă invită la o întâlnire.",
}


def texts() -> list[str]:
    return [text for entry in CATALOG for text in (entry.msgstr, *entry.msgstr_plural.values()) if text]


@pytest.mark.parametrize(("day", "form", "text"), DATES.values(), ids=DATES)
def test_dates(day, form, text):
    with translation.override("ro"):
        assert formats.date_format(day, form) == text
    with translation.override("en"):
        assert formats.date_format(date(2026, 11, 25), "j M Y") == "25 Nov 2026"


@pytest.mark.parametrize(("value", "text"), DAYS.values(), ids=DAYS)
def test_days(value, text):
    with translation.override("ro"):
        assert format_days(value) == text


def test_points():
    with translation.override("ro"):
        changes = [
            describe_change(SimpleNamespace(unit=Unit.PERCENT), 30 + more, 30).text for more in (1, 5, 25)
        ]
    assert changes == ["1,0 puncte", "5,0 puncte", "25,0 puncte"]


def test_a_cold_call_has_its_name_in_the_trade():
    assert {entry.msgstr.lower() for entry in CATALOG if entry.msgid.lower() == "cold call"} == {
        "apel nesolicitat"
    }


def test_email_has_one_spelling():
    # Placeholders, columns and scopes keep their names.
    plain = [re.sub(r"%\(\w+\)s|„[^”]*”|\w+\.\w+|\{\w+\}", "", text) for text in texts()]
    assert [text for text in plain if re.search(r"\bemail", text, re.IGNORECASE)] == []


def test_leads_have_one_spelling():
    assert [text for text in texts() if re.search(r"\blead-u", text, re.IGNORECASE)] == []


def test_users_are_addressed_alike():
    formal = re.compile(
        r"\b(vă|dvs|dumneavoastră|sunteți|puteți|aveți)\b|^(?:Nu )?\w+(?:ați|eți|iți)\b(?! de\b)",
        re.IGNORECASE,
    )
    # The people who were invited, and no request.
    others = {*TO_CUSTOMERS, "Invitați", "Invitați:"}
    assert [text for text in texts() if formal.search(text) and text not in others] == []
