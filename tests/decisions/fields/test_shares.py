"""A part of a whole in percent, as mailings, web forms, goals and fields show it."""

from decimal import Decimal
from typing import NamedTuple

import pytest
from django.utils import translation

from crm.fields.percentages import format_share, get_percent
from intake.forms.public.visit_counts import FormLine
from intake.models import WebForm


class Case(NamedTuple):
    part: Decimal | int
    whole: Decimal | int
    shown: str
    percent: str


CASES = {
    "nothing": Case(0, 40, "0%", "0"),
    "less than a thousandth": Case(3, 10_000, "<0.1%", "0.1"),
    "a thousandth": Case(1, 1000, "0.1%", "0.1"),
    "three of eighty": Case(3, 80, "3.8%", "3.8"),
    "a whole number below ten": Case(1, 20, "5.0%", "5.0"),
    "what rounds to less than ten": Case(994, 10_000, "9.9%", "9.9"),
    "what rounds to ten": Case(997, 10_000, "10%", "10"),
    "ten": Case(4, 40, "10%", "10"),
    "more than ten": Case(1, 3, "33%", "33"),
    "a half is rounded up": Case(125, 1000, "13%", "13"),
    "half a percent less than all": Case(199, 200, "99.5%", "99.5"),
    "less than one of ten": Case(Decimal("0.0005"), 10, "<0.1%", "0.1"),
    "most": Case(199, 201, "99%", "99"),
    "all but one of a thousand": Case(999, 1000, "99.9%", "99.9"),
    "all but one of a million": Case(999_999, 1_000_000, "99.9%", "99.9"),
    "all": Case(7, 7, "100%", "100"),
    "more than all": Case(Decimal("1500.50"), 1200, "125%", "125"),
    "thousands": Case(50, 2, "2,500%", "2500"),
    "less than nothing": Case(Decimal("-30"), 1000, "−3.0%", "-3.0"),
    "of nothing": Case(0, 0, "", "0"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_share_in_percent(case):
    with translation.override("en"):
        assert format_share(case.part, case.whole) == case.shown
    assert get_percent(case.part, case.whole) == Decimal(case.percent)


def test_a_share_has_the_decimal_sign_of_the_language():
    with translation.override("ro"):
        assert (format_share(3, 80), format_share(1, 3)) == ("3,8%", "33%")


@pytest.mark.parametrize(
    ("views", "sent", "shown"), [(80, 3, "3.8%"), (2, 3, "100%"), (0, 3, ""), (5000, 1, "<0.1%")]
)
def test_the_rate_of_a_form_is_sent_of_views_and_never_more_than_all(views, sent, shown):
    assert FormLine(WebForm(), views, sent, quarantined=0).rate == shown
