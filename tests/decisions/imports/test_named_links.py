"""Which companies the texts of a column mean: by number, a unique field, a domain or the name."""

from typing import Any, NamedTuple

import pytest

from crm.fields.widgets.link_resolution import find_records_by_text
from crm.records.history.verb_execution import carry_out
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.check.record_check import RecordCheck
from customers.models import Company


class Case(NamedTuple):
    """A text, and the companies that it means. "#acme" is the number of Acme, and "#" alone is left as it is."""

    text: str
    means: tuple[str, ...] = ()


CASES = {
    "a name": Case("Acme", ("acme",)),
    "a name in another spelling": Case("ÁCME", ("acme",)),
    "no name that is known": Case("Omega"),
    "a name that two companies have": Case("Beta", ("beta", "other beta")),
    "a domain": Case("acme.example", ("acme",)),
    "a domain with a capital": Case("Acme.Example", ("acme",)),
    "an address of a website": Case("https://www.acme.example/about", ("acme",)),
    "a number": Case("#{acme}", ("acme",)),
    "a number without the sign": Case("{acme}", ("acme",)),
    "a number that is the name of a company": Case("{beta}", ("named like a number",)),
    "the number of a company that the importer doesn't see": Case("#{hidden}"),
    "the name of a company that the importer doesn't see": Case("Hidden"),
    "the name of a company in Trash": Case("Gone"),
    "a unique field": Case("a-1", ("acme",)),
    "a unique field of a company that the importer doesn't see": Case("a-2"),
    "a unique field comes before a name": Case("Delta", ("coded delta",)),
    "an empty text": Case(""),
}


@pytest.fixture
def world(cast, departments, make_company, make_field, ada):
    away = {"owner": cast.dan, "department": departments.export}
    code = make_field("Code", of="company", is_unique=True)
    made = {
        "acme": make_company("Acme", domain="acme.example", owner=cast.bob),
        "beta": make_company("Beta", owner=cast.bob),
        "other beta": make_company("Beta", owner=cast.bob),
        "hidden": make_company("Hidden", **away),
        "delta": make_company("Delta", owner=cast.bob),
        "coded delta": make_company("Coded", owner=cast.bob),
    }
    made["named like a number"] = make_company(str(made["beta"].pk), owner=cast.bob)
    make_company("Gone", owner=cast.bob, deleted_at=made["acme"].created_at)
    for name, value in (("acme", "A-1"), ("hidden", "A-2"), ("coded delta", "delta")):
        rows = Company.objects.filter(pk=made[name].pk)
        carry_out(KINDS["company"].edit({code.name: value}), rows, by=ada)
    return made


def test_which_companies_a_text_means(world, cast):
    """All at once: each text means what it would alone."""
    vars(cast.bob).update(granted_permissions={"customers.view_company", "accounts.see_own"}, held_roles=[])
    numbers = {name: company.pk for name, company in world.items()}
    names = {pk: name for name, pk in numbers.items()}
    texts: dict[str, str] = {
        name: case.text.format_map({key.replace(" ", "_"): pk for key, pk in numbers.items()})
        for name, case in CASES.items()
    }
    found: Any = find_records_by_text("company", cast.bob, texts.values())
    assert {name: tuple(names.get(pk) for pk in found.get(text, ())) for name, text in texts.items()} == {
        name: case.means for name, case in CASES.items()
    }
    assert {text for text, ids in found.items() if not ids} == set()


def test_who_may_not_see_companies_names_none(world, cast):
    vars(cast.bob).update(granted_permissions={"accounts.see_own"}, held_roles=[])
    assert find_records_by_text("company", cast.bob, ["Acme"]) == {}


def test_a_contact_is_named_by_an_email_in_any_spelling(cast, make_contact):
    ana = make_contact("Ana Pop", owner=cast.bob, email="Ana@A.example", second_email="pop@a.example")
    vars(cast.bob).update(granted_permissions={"customers.view_contact", "accounts.see_own"}, held_roles=[])
    make_contact("Bea Rus", owner=cast.bob)
    # An empty cell doesn't mean the contacts without an email.
    texts = ["ana@a.example", "POP@a.example", "ana pop", "bea@a.example", ""]
    assert find_records_by_text("contact", cast.bob, texts) == {text: [ana.pk] for text in texts[:3]}


def test_the_companies_of_a_file_are_looked_up_together(read, ann, make_company, monkeypatch):
    make_company("Acme", owner=ann)
    asked: list[set[str]] = []

    def noted(table: str, user: Any, texts: Any) -> Any:
        asked.append({*texts})
        return find_records_by_text(table, user, texts)

    monkeypatch.setattr("crm.fields.widgets.link_widgets.FINDERS", [noted])
    told = read(ann, ["last_name", "company"], [["Pop", "Acme"], ["Rus", "Beta"], ["Ene", ""]], of="contact")
    RecordCheck(told, ann).run()
    assert asked == [{"Acme", "Beta"}]
