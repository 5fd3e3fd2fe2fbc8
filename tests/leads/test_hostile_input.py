"""Input that other programs would take for commands: it is stored as it was sent, and shown as text."""

import json
import re
from itertools import product
from urllib.parse import quote

import pytest

from crm.records.history.verb_execution import carry_out
from leads import verbs
from leads.models import Lead
from tests.api.conftest import make_token
from tests.crm.records.editing.test_forms import filled
from tests.examples import one_in

ENCODED = [
    "Smith &amp; Sons",
    "100%2525 %3Cb%3E",
    "\\u003cscript\\u003e",
    "&lt;img src=x&gt;",
    "=?utf-8?q?x?=",
]
HOSTILE = "'; DROP TABLE leads_lead; --"
SQL = [
    HOSTILE,
    "1 OR 1=1",
    "1) UNION SELECT password FROM accounts_user --",
    "%s%(x)s",
    "\\'; --",
    "id; SELECT 1",
]


def company_of(lead) -> str:
    lead.refresh_from_db()
    return lead.company


@pytest.mark.parametrize("text", ENCODED)
def test_a_text_is_decoded_once_and_stored_as_it_was_sent(text, sign_in, bob, make_lead):
    lead = make_lead("Ana Pop", owner=bob)
    browser = sign_in(bob)
    assert browser.post(f"/admin/leads/{lead.pk}/edit", filled(lead, company=text)).status_code == 302
    assert company_of(lead) == text
    # The sign % of the address is decoded once too: what was encoded twice is still encoded.
    found = browser.get(f"/admin/leads?all=1&q={quote(text)}").text
    assert "Ana Pop" in found
    program = {"authorization": f"Bearer {make_token(bob)}"}
    answer = browser.get(f"/api/v2/leads/{lead.pk}", headers=program)
    assert json.loads(answer.content)["company"] == text


ADDRESSES = [
    "/admin/leads?all=1&q={}",
    "/admin/leads?all=1&sort={}",
    "/admin/leads?all=1&status={}",
    "/admin/leads?all=1&owner={}",
    "/admin/leads?all=1&company.contains={}",
    "/admin/leads?all=1&{}=1",
    "/admin/leads?all=1&after={}",
    "/admin/leads/columns/{}?all=1",
    "/admin/leads/board?all=1&column={}",
    "/admin/jump?q={}",
    "/admin/operations?q={}",
    "/admin/users?q={}&sort={}",
    "/api/v2/leads?sort={}",
    "/api/v2/leads?company.contains={}",
    "/api/v2/leads?cursor={}",
    "/api/leads/search/{}",
]


@pytest.mark.parametrize(("address", "text"), one_in(5, product(ADDRESSES, SQL)))
def test_no_text_of_a_request_becomes_sql(text, address, sign_in, ada, make_lead):
    make_lead("Ana Pop")
    browser = sign_in(ada)
    program = {"authorization": f"Bearer {make_token(ada)}"} if address.startswith("/api") else {}
    answer = browser.get(address.replace("{}", quote(text)), headers=program)
    assert answer.status_code < 500
    assert Lead.objects.count() == 1
    assert "argon2" not in answer.text
    assert "pbkdf2" not in answer.text


@pytest.mark.parametrize(
    ("text", "names"), [("%", set()), ("_", set()), (".*", set()), ("a.c", set()), ("100%", {"Pop"})]
)
def test_signs_of_patterns_mean_themselves_in_conditions(text, names, sign_in, ada, make_lead):
    make_lead("Ana Pop", company="100% Steel")
    make_lead("Dan Ion", company="abc")
    page = sign_in(ada).get(f"/admin/leads?all=1&company.contains={quote(text)}").text
    found = {name for name in ("Pop", "Ion") if f"{name}</a>" in page}
    assert found == (names or ({"Pop"} if text == "%" else set()))


def test_a_stored_statement_stays_a_text(ada, make_lead):
    lead = make_lead("Ana Pop")
    carry_out(verbs.Edit({"company": HOSTILE}), Lead.objects.filter(pk=lead.pk).changeable_by(ada), by=ada)
    assert company_of(lead) == HOSTILE


@pytest.mark.parametrize("number", [2**31, 2**63, 2**64, -1, "1e400", "NaN", "9" * 400])
@pytest.mark.parametrize(
    "address", ["/admin/leads?all=1&value.above={}", "/admin/leads?status={}", "/api/v2/leads?limit={}"]
)
def test_a_number_that_does_not_fit_is_invalid_and_no_overflow(number, address, sign_in, ada):
    program = {"authorization": f"Bearer {make_token(ada)}"} if address.startswith("/api") else {}
    assert sign_in(ada).get(address.format(number), headers=program).status_code in (200, 400, 422)


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,<script>alert(1)</script>"])
def test_no_value_of_a_record_becomes_a_link_that_runs_a_script(address, sign_in, bob, make_lead):
    lead = make_lead(
        "Ana Pop", owner=bob, website=address, phone="javascript:alert(1)", email=f"{address}@x.example"
    )
    browser = sign_in(bob)
    for path in (f"/admin/leads/{lead.pk}", "/admin/leads?all=1", f"/admin/leads/{lead.pk}/edit"):
        page = browser.get(path).text
        assert not re.search(r"""(href|src|action)=["']?\s*(javascript|data:text)""", page), path
        assert "<script>alert" not in page
