"""The days of a report's period: what is typed, and what the page shows of it."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from reports.models import Report

pytestmark = pytest.mark.django_db
PAGES = ["/admin/reports/conversion", "/admin/reports/new"]


@pytest.mark.parametrize("page", PAGES)
def test_days_in_words_become_days(page, ada, sign_in):
    today = timezone.localdate()
    browser = sign_in(ada)
    url = browser.get(f"{page}?by=rep&period=between&from=yesterday&to=today")["Location"]
    assert url == f"{page}?by=rep&period=between&from={today - timedelta(1)}&to={today}"
    text = browser.get(url).text
    for day in (today - timedelta(1), today):
        assert f'value="{date_format(day, "j M Y")}"' in text


@pytest.mark.parametrize("page", PAGES)
def test_days_that_cannot_be_read_stay_in_the_form(page, ada, sign_in):
    text = sign_in(ada).get(f"{page}?period=between&from=soon&to=31.12.2025").text
    assert "Enter a date like 25 Nov 2026." in text
    assert 'value="soon"' in text
    assert 'value="31 Dec 2025"' in text
    assert '<option value="between" selected>' in text


def test_a_saved_report_keeps_the_days_and_not_the_words(ada, sign_in):
    sign_in(ada).post(
        "/admin/reports/save?measure=leads&period=between&from=yesterday&to=today", {"name": "Two days"}
    )
    today = timezone.localdate()
    query = Report.objects.get().query
    assert f"from={today - timedelta(1)}&to={today}" in query
