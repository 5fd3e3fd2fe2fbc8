"""On a phone, a sentence of filters that is read, and not pressed, is on the screen as a whole."""

import pytest

pytestmark = pytest.mark.hard


def get_ends(someone) -> list[float]:
    """Where the parts of the sentence end, in pixels from the left."""
    parts = someone.page.locator(".filters > *")
    assert parts.count() > 1
    return parts.evaluate_all("parts => parts.map(part => part.getBoundingClientRect().right)")


def test_the_preview_of_a_bulk_change_shows_its_selection_whole(window):
    someone = window("admin", width=390, height=800)
    someone.go("/admin/leads?country_not=on&country=DE&country=RO&vip=no&q=a")
    someone.page.locator("form.list input[name=record]").first.check()
    someone.page.locator(".bulk [popovertarget=bulk-more]").click()
    someone.page.locator("#bulk-more [value=set]").click()
    someone.page.wait_for_url("**/bulk/**")
    assert someone.page.locator(".filters > .chip").inner_text() == "selected individually"
    assert max(get_ends(someone)) <= 390


def test_a_report_shows_the_filters_of_its_leads_whole(window):
    someone = window("admin", width=390, height=800)
    someone.go("/admin/reports/conversion?owner=none&country=DE&country=RO&vip=yes&q=omnia")
    assert max(get_ends(someone)) <= 390
    padding = someone.page.locator(".filters .what").first.evaluate(
        "one => getComputedStyle(one).paddingLeft"
    )
    assert padding != "0px"
