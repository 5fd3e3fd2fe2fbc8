"""API v2 says who can see a record in the words of its page, to the same users."""

import re
from html import unescape

import pytest
from django.utils.html import strip_tags

from accounts.models import Department
from crm.records.history.verb_execution import operation
from crm.records.kinds.kind_registry import KINDS
from tests.customers.conftest import make_deal, make_request
from tests.merged import as_merged

__all__ = ["make_deal", "make_request"]
pytestmark = pytest.mark.django_db


def read_page(browser, path: str) -> list[str]:
    """The sentences of the page, without markup."""
    (why,) = re.findall(r'<div class="why">(.*?)</div>', browser.get(path).content.decode(), flags=re.DOTALL)
    return [
        " ".join(unescape(strip_tags(part)).split())
        for part in re.findall(r"<p.*?</p>", why, flags=re.DOTALL)
    ]


@pytest.mark.parametrize("user", ["ada", "ann", "bob"])
@pytest.mark.parametrize("kind", list(KINDS))
def test_the_call_says_what_the_page_says(
    kind, user, cast, sign_in, umbra, make_lead, make_company, make_contact, make_deal, make_request
):
    with operation("test", by=None):
        Department.objects.filter(name="Sales").update(name="R&D <Sales>")
    make = {"lead": make_lead, "company": make_company, "contact": make_contact}
    make |= {"deal": make_deal, "request": make_request}
    record = make[kind]("Jan", owner=cast.bob)
    reader, path = getattr(cast, user), f"{KINDS[kind].urls}/{record.pk}"
    found = umbra(reader).get(f"/api/v2/{path}/visibility")
    rest = " ".join(filter(None, (found["may"], found["others"])))
    assert read_page(sign_in(reader), f"/admin/{path}/why") == [found["reason"], rest]
    assert user != "ann" or "R&D <Sales>" in found["reason"]


def test_a_record_that_the_user_cannot_see_is_not_found_and_a_merged_one_is_the_other(
    make_lead, umbra, ann, bob, dan
):
    one, other = make_lead("One", owner=bob), make_lead("Other", owner=bob)
    as_merged(one, other)
    program = umbra(bob)
    program.get(f"/api/v2/leads/{one.pk}/visibility")
    assert program.last["Content-Location"].endswith(f"/leads/{other.pk}")
    umbra(dan).get(f"/api/v2/leads/{other.pk}/visibility", expect=404)
    umbra(ann, ["leads.put"]).get(f"/api/v2/leads/{other.pk}/visibility", expect=403)
