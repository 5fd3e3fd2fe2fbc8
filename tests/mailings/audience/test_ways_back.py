"""A mailing that was started from a list leads back to it from each of its pages, with the filters of that list."""

import re
from html import unescape
from urllib.parse import parse_qs, quote, urljoin, urlsplit

import pytest

from tests.crm.records.editing.test_ways_back import FILTERED, links_back

LISTED = f"/admin/leads?{FILTERED}"


STATES = {
    "draft": ({}, {"", "content", "edit", "recipients"}),
    "sent": (
        {"state": "sent", "sent_at": "2026-01-01T00:00Z", "finished_at": "2026-01-01T00:01Z"},
        {"", "content", "results"},
    ),
}


@pytest.mark.parametrize(("values", "expected"), STATES.values(), ids=STATES)
def test_the_pages_of_a_mailing_keep_the_list_that_it_was_started_from(
    values, expected, ada, make_lead, make_mailing, sign_in
):
    lead = make_lead("Ana Pop", email="ana@omnia.example")
    mailing, browser = make_mailing([lead], by=ada, **values), sign_in(ada)
    path = f"/admin/mailings/{mailing.pk}"
    seen, waiting = set(), [f"{path}?back={quote(LISTED, safe='')}"]
    while waiting:
        url = waiting.pop()
        answer = browser.get(url)
        if url in seen or answer.status_code != 200:
            continue
        seen.add(url)
        found = re.findall(rf'(?:href|action)="({path}[^"]*|\?[^"]*)"', answer.text)
        links = [urljoin(url, unescape(one)) for one in found]
        assert [one for one in links if parse_qs(urlsplit(one).query).get("back") != [LISTED]] == [], url
        waiting += links
    pages = {urlsplit(url).path.removeprefix(path).strip("/"): url for url in seen}
    assert pages.keys() >= expected
    for name in {"", "recipients", "results"} & pages.keys():
        assert links_back(browser, pages[name]) == [LISTED], name


@pytest.mark.parametrize("step", ["copy", "pause", "resume", "cancel"])
def test_a_step_of_a_mailing_keeps_the_list_too(step, ada, make_mailing, sign_in):
    mailing = make_mailing(by=ada)
    answer = sign_in(ada).post(f"/admin/mailings/{mailing.pk}/{step}?back={quote(LISTED, safe='')}")
    assert parse_qs(urlsplit(answer["Location"]).query)["back"] == [LISTED]
