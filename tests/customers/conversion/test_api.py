"""API v2: converting a lead gives what its page gives from the same choice, and is refused what the page refuses."""

import pytest

from crm.models import Operation
from crm.records.history.verb_execution import carry_out, operation
from crm.records.history.verbs import Edit
from customers.models import Company, Contact, ConversionRules, Deal
from leads.models import Lead
from tests.api.conftest import umbra

__all__ = ["umbra"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(make_lead, ann):
    """Leads that are alike, for the page and for the program."""
    values = {"owner": ann, "phone": "0722", "city": "Cluj"}
    return [
        make_lead("Ana Albu", company=f"Omnia {n}", email=f"ana@omnia{n}.example", **values) for n in (1, 2)
    ]


def made(lead) -> dict:
    """What a lead became, without the numbers in its names."""
    lead.refresh_from_db()
    company, contact = lead.client, lead.client_contact
    deal = Deal.objects.present().filter(lead=lead).first()
    return {
        "status": lead.status.name,
        "company": company and [company.name, company.domain, company.owner_id],
        "contact": contact and [contact.full_name, contact.email, contact.company_id == lead.client_id],
        "deal": deal
        and [deal.name, deal.company_id == lead.client_id, deal.contact_id == lead.client_contact_id],
    }


def by_hand(lead, browser, chosen) -> dict:
    """What the lead becomes on the page, which is undone."""
    browser.post(f"/admin/leads/{lead.pk}/convert", chosen)
    found = made(lead)
    assert found["company"] or found["contact"]
    browser.post(f"/admin/operations/{Operation.objects.latest('pk').pk}/undo")
    assert made(lead)["company"] is made(lead)["contact"] is None
    return found


def path(lead) -> str:
    return f"/api/v2/leads/{lead.pk}/convert"


# The choice on the page, the same sent by a program, and what is added.
CHOICES = [
    ({"company": "new", "company_name": "Omnia Holding", "contact": "new"}, {"new_company": "Omnia Holding", "new_contact": True}, ["company", "contact"]),
    ({"company": "none", "contact": "new"}, {"company": None, "new_contact": True}, ["contact"]),
    ({"company": "new", "company_name": "Omnia", "contact": "none"}, {"new_company": "Omnia", "contact": None}, ["company"]),
    (
        {"company": "none", "contact": "new", "deal": "on", "deal_name": "Pumps"},
        {"company": None, "new_contact": True, "new_deal": "Pumps"},
        ["contact", "deal"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("chosen", "sent", "added"), CHOICES)
def test_the_same_choice_gives_what_the_page_gives(two, ann, sign_in, umbra, chosen, sent, added):
    lead = two[0]
    expected = by_hand(lead, sign_in(ann), chosen)
    answer = umbra(ann).post(path(lead), sent)
    assert made(lead) == expected
    assert (answer["company"], answer["contact"]) == (lead.client_id, lead.client_contact_id)
    assert answer["deal"] == (Deal.objects.present().get(lead=lead).pk if "deal" in added else None)
    assert (answer["added"], answer["preview"]) == (added, None)
    assert Operation.objects.get(pk=answer["operation"]).channel == "api"


def test_what_is_not_sent_is_what_the_rules_choose(two, ann, umbra, sign_in, make_company):
    known = make_company("Other name", domain="omnia2.example", owner=ann)
    lead = two[1]
    expected = by_hand(lead, sign_in(ann), {"at_once": "1"})
    answer = umbra(ann).post(path(lead), {})
    assert (answer["company"], answer["added"]) == (known.pk, ["contact"])
    assert made(lead) == expected


def test_the_rule_that_adds_a_deal_counts_unless_the_program_sends_none(two, ann, umbra):
    with operation("test", by=None):
        ConversionRules(pk=1, makes_deal=True).save()
    program, lead = umbra(ann), path(two[0])
    assert program.post(lead, {"preview": True})["added"] == ["company", "contact", "deal"]
    assert program.post(lead, {"preview": True, "new_deal": None})["added"] == ["company", "contact"]
    assert program.post(lead, {})["added"] == ["company", "contact", "deal"]


def test_an_existing_company_and_contact_are_linked_by_their_ids(two, ann, umbra, make_company, make_contact):
    company, contact = make_company("Vega", owner=ann), make_contact("Vera Vega", owner=ann)
    answer = umbra(ann).post(path(two[0]), {"company": company.pk, "contact": contact.pk})
    assert (answer["company"], answer["contact"], answer["added"]) == (company.pk, contact.pk, [])


def test_a_preview_shows_the_matches_and_changes_nothing(two, ann, umbra, make_company):
    known = make_company("Omnia 1", owner=ann)
    answer = umbra(ann).post(path(two[0]), {"preview": True, "new_deal": "Pumps"})
    assert (answer["operation"], answer["company"], answer["added"]) == (None, known.pk, ["contact", "deal"])
    preview = answer["preview"]
    assert preview["companies"] == [{"id": known.pk, "name": "Omnia 1", "reasons": ["company_name"]}]
    assert (preview["company_name"], preview["deal_name"], preview["problems"]) == (None, "Pumps", [])
    two[0].refresh_from_db()
    assert two[0].client is None
    assert not Contact.objects.exists()


def test_several_matches_are_for_the_program_to_decide(two, ann, umbra, make_company):
    known = [make_company("Omnia 1", owner=ann) for _number in range(2)]
    program = umbra(ann)
    preview = program.post(path(two[0]), {"preview": True})["preview"]
    assert [match["id"] for match in preview["companies"]] == [row.pk for row in known]
    wanted = {"parameter": "company", "detail": "Choose a company."}
    assert wanted in preview["problems"]
    assert wanted in program.post(path(two[0]), {}, expect=422)["errors"]
    assert program.post(path(two[0]), {"company": known[1].pk})["company"] == known[1].pk


def test_a_new_company_that_exists_is_a_conflict_until_the_program_says_it_is_another_one(
    two, ann, umbra, sign_in, make_company
):
    known, sent = make_company("Omnia 1", owner=ann), {"new_company": "Omnia 1"}
    data = {"company": "new", "company_name": "Omnia 1", "contact": "new"}
    assert sign_in(ann).post(f"/admin/leads/{two[0].pk}/convert", data).status_code == 409
    problem = umbra(ann).post(path(two[0]), sent, expect=409)
    assert problem["code"] == "duplicate"
    assert f"Already exists: Omnia 1 (id {known.pk})." in problem["errors"][0]["detail"]
    assert Company.objects.count() == 1
    answer = umbra(ann).post(path(two[0]), {**sent, "not_companies": [known.pk]})
    assert (answer["company"] != known.pk, answer["added"]) == (True, ["company", "contact"])


def test_a_record_out_of_reach_is_neither_offered_nor_linked(
    two, bob, carla, departments, umbra, make_company, make_lead
):
    hidden = make_company("Omnia 3", owner=carla, department=departments.export)
    lead = make_lead("Ana Albu", owner=bob, company="Omnia 3")
    program = umbra(bob)
    assert program.post(path(lead), {"preview": True})["preview"]["companies"] == []
    problem = program.post(path(lead), {"company": hidden.pk}, expect=422)
    assert problem["errors"][0]["parameter"] == "company"


@pytest.mark.parametrize(
    ("sent", "parameter"),
    [
        ({"company": None, "contact": None}, None),
        ({"new_company": "", "contact": None}, "new_company"),
        ({"new_company": "Omnia", "company": 1}, "new_company"),
        ({"new_contact": False}, "new_contact"),
        ({"custom_fields": {"c1": "x"}}, "custom_fields.c1"),
        ({"client": 3}, "client"),
    ],
)
def test_a_choice_that_is_none_is_refused_at_its_field(two, ann, umbra, sent, parameter):
    problem = umbra(ann).post(path(two[0]), sent, expect=422)
    assert problem["errors"][0]["parameter"] == parameter
    assert not Company.objects.exists()


def test_what_the_won_status_requires_is_said_as_on_the_page(two, ann, umbra, sign_in, statuses):
    with operation("test", by=None):
        type(statuses.won).objects.filter(pk=statuses.won.pk).update(required_fields=["website"])
    data = {"company": "none", "contact": "new"}
    page = sign_in(ann).post(f"/admin/leads/{two[0].pk}/convert", data)
    sentence = page.context["form"].non_field_errors()[0]
    sent = {"company": None, "new_contact": True}
    problem = umbra(ann).post(path(two[0]), sent, expect=422)
    assert problem["errors"] == [{"parameter": None, "detail": sentence}]
    preview = umbra(ann).post(path(two[0]), {**sent, "preview": True})["preview"]
    assert preview["problems"] == problem["errors"]


def test_a_value_that_the_new_company_does_not_accept_is_asked_for(two, ann, umbra, make_field):
    source = make_field("Tier", "choice", choices=["Gold", "Tin"])
    target = make_field("Tier", "choice", of="company", choices=["Gold", "Lead"])
    with operation("test", by=None):
        ConversionRules(pk=1, mapping={source.name: {"company": target.name}}).save()
    carry_out(Edit({source.name: "o2"}), Lead.objects.filter(pk=two[0].pk), by=ann)
    program = umbra(ann)
    (gap,) = program.post(path(two[0]), {"preview": True})["preview"]["rejected_values"]
    assert (gap["field"], gap["of"], gap["label"]) == (target.name, "company", "Tier")
    problem = program.post(path(two[0]), {}, expect=422)
    assert problem["errors"] == [{"parameter": f"custom_fields.{target.name}", "detail": gap["detail"]}]
    answer = program.post(path(two[0]), {"custom_fields": {target.name: "o2"}})
    company = program.get(f"/api/v2/companies/{answer['company']}")
    assert company["custom_fields"] == {target.name: "o2"}


def test_a_converted_lead_is_a_conflict_and_its_undo_gives_it_back(two, ann, umbra):
    program = umbra(ann)
    answer = program.post(path(two[0]), {})
    assert program.post(path(two[0]), {}, expect=409)["code"] == "already_done"
    assert program.post(path(two[0]), {"preview": True}, expect=409)["code"] == "already_done"
    program.post(f"/api/v2/operations/{answer['operation']}/undo", {})
    two[0].refresh_from_db()
    assert (two[0].client, Company.objects.present().count()) == (None, 0)
    program.post(path(two[0]), {})


def test_the_same_key_converts_once(two, ann, umbra):
    program = umbra(ann)
    first = program.post(path(two[0]), {}, **{"Idempotency-Key": "once"})
    assert program.post(path(two[0]), {}, **{"Idempotency-Key": "once"}) == first
    assert Company.objects.count() == 1


def test_who_may_not_convert_is_told_so(two, make_lead, umbra, carla, someone_with, departments):
    umbra(carla).post(path(two[0]), {}, expect=404)
    some = someone_with("view_lead", "change_lead")
    lead = make_lead("Own", owner=some, company="X")
    assert "may not convert" in umbra(some).post(path(lead), {}, expect=403)["detail"]
