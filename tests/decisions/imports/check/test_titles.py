"""What a row is called on the preview: its title, and the line below it that tells it from others."""

from dataclasses import dataclass

import pytest

from crm.transfer.imports.check.cell_cleaning import get_row_title_and_subtitle
from tests.decisions.imports.on_paper import cleaned, judge

pytestmark = pytest.mark.usefixtures("on_paper")


@dataclass(frozen=True)
class Case:
    row: dict[str, str]
    title: str = ""
    below: str = ""
    of: str = "lead"
    last_first: bool = False


ACME = {"name": "Acme"}
CASES = {
    "a lead with two names": Case({"first_name": "Ana", "last_name": "Pop"}, "Ana Pop"),
    "a whole name": Case({"name": "Ana Pop"}, "Ana Pop"),
    "a whole name with the last name first": Case({"name": "Pop Ana"}, "Ana Pop", last_first=True),
    "a last name of several words first": Case(
        {"name": "van der Berg Anna"}, "Anna van der Berg", last_first=True
    ),
    "a comma behind the last name": Case({"name": "Pop, Ana Maria"}, "Ana Maria Pop"),
    "a name of one word": Case({"name": "Pop"}, "Pop", last_first=True),
    "a name on two lines": Case({"name": "Pop\nAna"}, "Ana Pop", last_first=True),
    "no name": Case(
        {"name": "", "email": "a@example.com"}, "a@example.com", "a@example.com", last_first=True
    ),
    "two columns of names": Case({"first_name": "Ana", "last_name": "Pop"}, "Ana Pop", last_first=True),
    "a company whose name looks like that of a person": Case(
        {"name": "Pop Ana"}, "Pop Ana", of="company", last_first=True
    ),
    "the email of a lead comes before its company": Case(
        {"name": "Ana Pop", "company": "Acme", "email": "a@example.com"}, "Ana Pop", "a@example.com"
    ),
    "the company of a lead comes before its phone": Case(
        {"name": "Ana Pop", "phone": "0722", "company": "Acme"}, "Ana Pop", "Acme"
    ),
    "an invalid email is shown too": Case({"name": "Ana Pop", "email": "a@"}, "Ana Pop", "a@"),
    "a company isn't named twice": Case(ACME, "Acme", of="company"),
    "a company and its tax ID": Case(ACME | {"tax_id": "RO 18"}, "Acme", "RO 18", of="company"),
    "the tax ID of a company comes before its phone": Case(
        ACME | {"phone": "0722", "tax_id": "RO 18"}, "Acme", "RO 18", of="company"
    ),
    "a company without a name": Case({"name": "", "phone": "0722"}, "", "0722", of="company"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_row_is_called(case):
    judging = judge(of=case.of, last_name_first=case.last_first)
    cells = cleaned(judging.resource, case.row)
    assert get_row_title_and_subtitle(cells, judging.rules, judging.options) == (case.title, case.below)
