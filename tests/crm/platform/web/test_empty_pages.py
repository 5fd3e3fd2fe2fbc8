"""What pages offer as long as nothing is in them."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

import pytest
from django.urls import NoReverseMatch, get_resolver, reverse

from tests.url_names import read_url_names

EMPTY = {
    "imports": "/admin/imports",
    "open invitations": "/admin/users/invitations",
    "revoked invitations": "/admin/users/invitations?state=revoked",
    "goals": "/admin/reports/goals",
    "webhooks": "/admin/api/webhooks",
}


def count_buttons(page: str) -> Counter[str]:
    """How often the content of this page has a button that leads to each address."""
    content = re.search(r"<main.*?</main>", page, re.DOTALL)
    return Counter(re.findall(r'<a[^>]*class="button"[^>]*href="([^"]+)"', content[0] if content else ""))


def offered_twice(browser, path: str) -> list[str]:
    answer = browser.get(path)
    if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
        return []
    return [address for address, count in count_buttons(answer.text).items() if count > 1]


@pytest.mark.parametrize("path", EMPTY.values(), ids=EMPTY)
def test_an_empty_page_offers_each_thing_once(sign_in, ada, path):
    browser = sign_in(ada)
    assert count_buttons(browser.get(path).text)
    assert offered_twice(browser, path) == []


def addresses_of_pages() -> Iterator[str]:
    """Those without a record in them."""
    for name in read_url_names(get_resolver().url_patterns):
        with suppress(NoReverseMatch):
            yield reverse(name)


@pytest.mark.nightly
def test_no_page_of_a_new_company_offers_the_same_thing_twice(sign_in, ada):
    browser = sign_in(ada)
    addresses = set(addresses_of_pages())
    assert addresses.issuperset(path.partition("?")[0] for path in EMPTY.values())
    for address in sorted(addresses):
        assert offered_twice(browser, address) == [], address
