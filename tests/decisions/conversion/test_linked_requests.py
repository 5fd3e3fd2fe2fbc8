"""What a request can be linked to, what linking it sets, and what is known of its sender."""

from typing import Any, NamedTuple

import pytest

from crm.records.history.verb_execution import operation
from customers.models import Request
from customers.record_matching import KnownFacts
from customers.requests.sender_matches import (
    LinkForm,
    build_link_places,
    get_link_changes,
    get_sender_facts,
)

pytestmark = pytest.mark.django_db

# The values of a request, and what is known of its sender.
FACTS: dict[str, tuple[dict[str, str], KnownFacts]] = {
    "nothing": ({}, KnownFacts("")),
    "a name": ({"first_name": "Ana", "last_name": "Pop"}, KnownFacts("Ana Pop")),
    "a company": ({"company_name": "Omnia"}, KnownFacts("", "Omnia")),
    "an email": ({"email": "ana@a.example"}, KnownFacts("", emails=("ana@a.example",))),
    "a phone": ({"phone_normal": "+40722123456"}, KnownFacts("", phones=("+40722123456",))),
    "a website": ({"website": "https://a.example"}, KnownFacts("", website="https://a.example")),
}


@pytest.mark.parametrize(("values", "facts"), FACTS.values(), ids=FACTS)
def test_what_is_known_of_the_sender(values, facts):
    assert get_sender_facts(Request(**values)) == facts


@pytest.fixture
def world(cast, make_lead, make_company, make_contact) -> dict[str, Any]:
    """What Bob sees, and what belongs to Ben; those named "of …" are contacts of that company."""
    bob, ben = cast.bob, cast.ben
    # Before all others, so that the first company isn't the one that is meant.
    make_company("First", owner=bob)
    found = {
        "lead": make_lead("Ana Pop", owner=bob, email="ana@a.example"),
        "company": make_company("Omnia", owner=bob),
        "trashed": make_company("Trashed", owner=bob, deleted_at="2026-01-05T00:00Z"),
        "hidden": make_company("Hidden", owner=ben),
        "contact": make_contact("Ion Pop", owner=bob),
    }
    for name in ("company", "trashed", "hidden"):
        found[f"of {name}"] = make_contact(f"Of {name}", owner=bob, company=found[name])
    return found


class Link(NamedTuple):
    """The type of the link and the chosen record, whether the request has a company already, and what is set."""

    name: str
    record: str
    has_company: bool = False
    rights: bool = True
    company: str = ""


LINKS = {
    "a lead": Link("lead", "lead"),
    "no lead": Link("lead", ""),
    "a company": Link("company", "company"),
    "a contact without a company": Link("contact", "contact"),
    "a contact with a company": Link("contact", "of company", company="company"),
    "a contact, and the request has a company": Link("contact", "of company", has_company=True),
    "a contact without a company, and the request has one": Link("contact", "contact", has_company=True),
    "a contact whose company is in Trash": Link("contact", "of trashed"),
    "a contact whose company is a colleague's": Link("contact", "of hidden"),
    "a contact with a company, and no permission to view companies": Link(
        "contact", "of company", rights=False
    ),
    "no contact": Link("contact", ""),
}


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
def test_what_linking_sets(link, world, bob):
    if not link.rights:
        vars(bob).update(granted_permissions=bob.get_all_permissions() - {"customers.view_company"})
    chosen = world.get(link.record)
    form = LinkForm({link.name: f"#{chosen.pk}" if chosen else ""}, name=link.name, user=bob)
    assert form.is_valid(), form.errors
    row = Request(company=world["company"] if link.has_company else None)
    expected = {link.name: chosen} | ({"company": world[link.company]} if link.company else {})
    assert get_link_changes(row, form, bob) == expected


def test_a_form_finds_only_what_the_user_sees(world, bob):
    for name in ("trashed", "hidden"):
        assert not LinkForm({"company": f"#{world[name].pk}"}, name="company", user=bob).is_valid()


class Place(NamedTuple):
    """For a link of a request: whether it is linked, whether records are suggested, and whether there is a form."""

    linked: bool = False
    suggested: bool = False
    form: bool = False


OPEN, LINKED, FIXED = Place(suggested=True, form=True), Place(linked=True, form=True), Place(linked=True)
# The links that the request of Ana has, the permission that Bob lacks, whether he may change the request, and its places.
PLACES: dict[str, tuple[list[str], str, bool, dict[str, Place]]] = {
    "no link": ([], "", True, {"lead": OPEN, "company": Place(form=True), "contact": Place(form=True)}),
    "no link, and he may not change it": ([], "", False, {}),
    "a lead": (["lead"], "", True, {"lead": LINKED, "company": Place(form=True), "contact": Place(form=True)}),
    "a lead, and he may not change it": (["lead"], "", False, {"lead": FIXED}),
    "a lead, and he may not view leads": (
        ["lead"], "leads.view_lead", True,
        {"lead": FIXED, "company": Place(form=True), "contact": Place(form=True)},
    ),
    "no lead, and he may not view leads": (
        [], "leads.view_lead", True, {"company": Place(form=True), "contact": Place(form=True)},
    ),
    "a contact": (
        ["contact"], "", True, {"lead": OPEN, "company": Place(form=True), "contact": LINKED},
    ),
    "all": (["lead", "company", "contact"], "", True, {"lead": LINKED, "company": LINKED, "contact": LINKED}),
}  # fmt: skip


@pytest.mark.parametrize(("links", "lacks", "may_change", "places"), PLACES.values(), ids=PLACES)
def test_what_a_request_can_be_linked_to(links, lacks, may_change, places, world, bob, departments):
    if lacks:
        vars(bob).update(granted_permissions=bob.get_all_permissions() - {lacks})
    with operation("test", by=None):
        row = Request.objects.create(
            subject="Chairs",
            email="ana@a.example",
            department=departments.sales,
            owner=bob,
            **{name: world[name] for name in links},
        )
    found = build_link_places(row, bob, may_change=may_change)
    assert {
        one.name: Place(one.linked is not None, bool(one.matches), one.form is not None) for one in found
    } == places
    assert [one.name for one in found] == [name for name in ("lead", "company", "contact") if name in places]
    for one in found:
        assert one.label == one.name.title()
        assert bool(one.page) is (one.linked is not None and not (lacks and one.name == "lead"))
        assert [match.record for match in one.matches] == ([world["lead"]] if one.matches else [])
        assert len(one.offered_matches) == len(one.matches)
    # A form with errors is shown in its own place.
    sent = LinkForm({"company": "nothing"}, name="company", user=bob)
    again = build_link_places(row, bob, may_change=may_change, sent=sent)
    for one in again:
        assert (one.form is sent) is (one.name == "company" and one.form is not None)
        assert one.form is None or one.form.name == one.name
