"""Since when and until when a user was active, from the audit log."""

from datetime import date, datetime

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.users.active_spans import FOREVER, build_active_spans, get_active_spans
from accounts.working_time.working_days import DaySpan

ADDED = 1


def at(day: int) -> datetime:
    return datetime(2026, 5, day, 12, tzinfo=timezone.get_current_timezone())


def span(first: int, last: int | None = None) -> DaySpan:
    return DaySpan(date(2026, 5, first), date(2026, 5, last) if last else FOREVER)


CASES = {
    "always active": ([], True, [span(1)]),
    "deactivated": ([(5, False)], False, [span(1, 5)]),
    "deactivated twice in a row": ([(5, False), (7, False)], False, [span(1, 5)]),
    "reactivated": ([(5, False), (9, True)], True, [span(1, 5), span(9)]),
    "reactivated on the same day": ([(5, False), (5, True)], True, [span(1)]),
    "deactivated again": ([(5, False), (9, True), (20, False)], False, [span(1, 5), span(9, 20)]),
    "inactive, and no one knows since when": ([], False, None),
    "inactive again, and no one knows since when": ([(5, False), (9, True)], False, None),
}


@pytest.mark.parametrize("name", CASES)
def test_a_user_is_active_from_being_added_until_being_deactivated(name):
    events, is_active, spans = CASES[name]
    found = build_active_spans(at(ADDED), [(at(day), active) for day, active in events], is_active=is_active)
    assert found == spans


def test_the_pages_that_deactivate_and_reactivate_leave_what_says_so(sign_in, ada, bob):
    browser, joined = sign_in(ada), timezone.localdate(bob.joined_at)
    browser.post(f"/admin/users/{bob.pk}/deactivate")
    today = timezone.localdate()
    assert get_active_spans([User.objects.get(pk=bob.pk)]) == {bob.pk: [DaySpan(joined, today)]}
    browser.post(f"/admin/users/{bob.pk}/reactivate")
    assert get_active_spans([User.objects.get(pk=bob.pk)]) == {bob.pk: [DaySpan(joined, FOREVER)]}
