"""The page of a merge: records side by side, the choices, and what stops it."""

import pytest

from crm.models import FrozenSet, MergedRecord, Operation
from crm.records.history import verbs
from crm.records.history.verb_execution import carry_out
from leads.kind import LEAD
from leads.models import Lead

PAGE = "/admin/duplicates/merge/lead"


@pytest.fixture
def two(make_lead, bob):
    return make_lead("Ana Albu", city="Cluj", email="one@a.example"), make_lead(
        "Ana Albu", city="Iași", owner=bob
    )


def address(*leads) -> str:
    return f"{PAGE}?" + "&".join(f"record={lead.pk}" for lead in leads)


def form(kept, *others, **chosen) -> dict:
    rows = (kept, *others)
    versions = {f"version_{lead.pk}": lead.version for lead in rows}
    return {"kept": kept.pk, "part": [lead.pk for lead in rows], **versions, **chosen}


def test_only_differing_fields_are_chosen_and_the_others_are_folded_away(sign_in, ann, two, make_task):
    make_task("Call", two[1])
    page = sign_in(ann).get(address(*two)).text
    for name in ("city", "email", "owner"):
        assert f'name="keep_{name}"' in page
    assert 'name="keep_last_name"' not in page
    assert "1 task" in page
    assert "Merge 2 leads" in page
    assert page.count("checked") == 1 + 2 + page.count('name="keep_') // 2


def test_two_leads_are_merged_with_their_choices_and_the_receipt_can_be_undone(sign_in, ann, two):
    browser = sign_in(ann)
    sent = form(*two, keep_city=two[1].pk, keep_owner=two[1].pk)
    answer = browser.post(address(*two), sent)
    assert (answer.status_code, answer["Location"]) == (302, f"/admin/leads/{two[0].pk}")
    kept = Lead.objects.get(pk=two[0].pk)
    assert (kept.city, kept.owner) == ("Iași", two[1].owner)
    record = Operation.objects.get(kind="merge")
    assert "Merged into" in browser.get(f"/admin/leads/{kept.pk}").text
    assert "Merge 2 records" in browser.get(f"/admin/operations/{record.pk}").text


def test_back_to_the_page_after_the_merge_leads_to_the_record_that_was_kept(sign_in, ann, two):
    browser = sign_in(ann)
    browser.post(address(*two), form(*two))
    answer = browser.get(address(*two))
    assert (answer.status_code, answer["Location"]) == (302, f"/admin/leads/{two[0].pk}")
    assert f"Lead #{two[1].pk} was merged into Ana Albu." in browser.get(answer["Location"]).text
    answer = browser.post(address(*two), form(*two))
    assert answer.status_code == 404
    assert "This record was merged" in answer.text


def test_a_record_changed_meanwhile_is_a_409_that_keeps_the_choices(sign_in, ann, two):
    sent = form(two[1], two[0], keep_city=two[0].pk)
    carry_out(verbs.Edit({"city": "Arad"}), Lead.objects.filter(pk=two[1].pk), by=ann)
    answer = sign_in(ann).post(address(*two), sent)
    assert answer.status_code == 409
    assert "have changed since you opened the page" in answer.text
    assert "Arad" in answer.text
    page = answer.context["page"]
    assert page.kept == two[1].pk
    assert [[cell.chosen for cell in row.cells] for row in page.rows if row.name == "city"] == [[True, False]]
    assert not MergedRecord.objects.exists()


def test_a_converted_lead_is_the_one_that_is_kept(sign_in, ann, two, make_contact, make_lead):
    converted = make_lead(status="won", client_contact=make_contact())
    browser = sign_in(ann)
    page = browser.get(address(*two, converted))
    assert "A converted lead keeps its own values" in page.text
    assert page.text.count("disabled") >= 2
    answer = browser.post(address(*two, converted), form(two[0], two[1], converted))
    assert answer.status_code == 409
    assert "One of these leads was converted" in answer.text


def test_records_that_the_user_sees_but_cannot_change_are_not_merged(
    sign_in, ann, two, make_lead, departments
):
    shared = make_lead("Shared qq", department=departments.export, shared=True)
    hidden = make_lead("Hidden qq", department=departments.export)
    browser = sign_in(ann)
    page = browser.get(address(*two, shared, hidden)).text
    assert "Shared qq" in page
    assert "You can view this record, but you can’t change it." in page
    assert "Hidden qq" not in page
    assert f'value="{shared.pk}"' not in page
    browser.post(address(*two, shared, hidden), form(*two, shared, hidden))
    assert set(Lead.objects.present()) == {two[0], shared, hidden}


@pytest.mark.parametrize(
    "query", ["", "?record=x", "?record=-1&record=²", "?set=9999999999999999999999", "?set=x"]
)
def test_bad_addresses_lead_back_to_the_list(query, sign_in, ann, two):
    answer = sign_in(ann).get(PAGE + query)
    assert (answer.status_code, answer["Location"]) == (302, "/admin/leads")


def test_bad_input_writes_nothing(sign_in, ann, two):
    browser = sign_in(ann)
    alone = browser.post(address(*two), {"kept": two[0].pk, "part": [two[0].pk]})
    assert alone.status_code == 422
    assert "Select at least one record" in alone.text
    stale = browser.post(address(*two), form(*two) | {f"version_{two[1].pk}": "x"})
    assert stale.status_code == 409
    assert not MergedRecord.objects.exists()


def test_the_list_leads_to_the_page_and_so_does_a_group(sign_in, ann, two, scanned):
    browser = sign_in(ann)
    answer = browser.post("/admin/leads/bulk", {"action": "merge", "record": [lead.pk for lead in two]})
    back = "%2Fadmin%2Fleads%3Fall%3D1"
    assert answer["Location"] == f"{PAGE}?set={FrozenSet.objects.get().pk}&back={back}"
    assert "Merge 2 leads" in browser.get(answer["Location"]).text
    carry_out(verbs.Edit({"email": "one@a.example"}), Lead.objects.present(), by=ann)
    scanned()
    assert f"{PAGE}?record={two[0].pk}&amp;record={two[1].pk}" in browser.get("/admin/duplicates").text


def test_more_than_ten_leads_only_have_their_kept_one_chosen(sign_in, ann, make_lead):
    rows = [make_lead(f"Ana {place}", city=f"City {place}") for place in range(11)]
    browser = sign_in(ann)
    page = browser.get(address(*rows)).text
    assert "keep_city" not in page
    assert "the newest value that isn’t empty is kept" in page
    browser.post(address(*rows), form(rows[3], *rows[:3], *rows[4:]))
    assert Lead.objects.present().get() == rows[3]


def test_the_page_requires_the_permissions_to_change_and_delete(sign_in, someone_with, two):
    user = someone_with("view_lead", "change_lead")
    assert sign_in(user).get(address(*two)).status_code == 403


def test_of_many_leads_two_that_can_be_merged_are_shown_side_by_side(
    sign_in, ann, two, make_lead, in_trash, make_field
):
    size = make_field("Size").name
    carry_out(LEAD.edit({size: "Large"}), Lead.objects.filter(pk=two[0].pk), by=ann)
    gone = [make_lead(f"Ana {number}") for number in range(11)]
    for lead in gone:
        in_trash(lead)
    page = sign_in(ann).get(address(*two, *gone))
    assert f'name="keep_{size}"' in page.text
    assert "Large" in page.text


@pytest.fixture
def two_emails(make_lead):
    return make_lead("Ana Albu", email="one@a.example"), make_lead("Ana Albu", email="two@a.example")


def test_the_other_email_is_offered_and_preset(sign_in, ann, two_emails):
    one, two = two_emails
    browser = sign_in(ann)
    page = browser.get(address(one, two))
    (offer,) = page.context["page"].offers
    assert (offer.name, offer.chosen) == ("second_email", True)
    assert "as “Second email”" in page.text
    browser.post(address(one, two), form(one, two, keep_email=one.pk, also="second_email"))
    one.refresh_from_db()
    assert (one.email, one.second_email) == ("one@a.example", "two@a.example")


def test_an_email_is_only_dropped_if_the_user_says_so(sign_in, ann, two_emails):
    one, two = two_emails
    sign_in(ann).post(address(one, two), form(one, two, keep_email=one.pk))
    one.refresh_from_db()
    assert (one.email, one.second_email) == ("one@a.example", "")


def test_the_page_names_the_addresses_that_will_be_unknown(sign_in, ann, make_lead):
    rows = [make_lead("Ana Albu", email=f"{n}@a.example", second_email=f"{n}@b.example") for n in "xy"]
    page = sign_in(ann).get(address(*rows)).text
    assert page.count("No field is left for: ") == 1
    assert "so emails and calls from them won’t be recognized." in page
