"""Assistants that convert a lead: what matches is linked, several matches are shown first, and the undo gives the lead back."""

import pytest

from customers.models import Company, Contact
from leads.models import Lead


@pytest.fixture
def lead(make_lead, ann):
    return make_lead("Zoe Stone", owner=ann, company="Stone Works", email="zoe@stone.example")


def get_client(lead) -> int | None:
    return Lead.objects.get(pk=lead.pk).client_id


def test_a_lead_becomes_a_company_and_a_contact_and_the_undo_gives_it_back(assistant, ann, lead):
    me = assistant(ann)
    made = me.use("convert_lead", id=lead.pk, new_company="Stone", new_deal=None)
    assert made["outcome"]["added"] == ["company", "contact"]
    assert made["outcome"]["deal"] is None
    assert Company.objects.get(pk=made["outcome"]["company"]).name == "Stone"
    preview = me.use("undo_change", change=made["changes"][0]).get("preview")
    if preview:
        me.use("undo_change", change=made["changes"][0], preview=preview["preview"])
    assert get_client(lead) is None


def test_several_matches_are_shown_as_data_and_nothing_changes_until_one_is_chosen(
    assistant, ann, lead, make_company
):
    first, other = make_company("Stone Works"), make_company("Stone Works")
    me = assistant(ann)
    shown = me.use("convert_lead", id=lead.pk)
    assert {match["id"] for match in shown["data"]["conversion"]["preview"]["companies"]} == {
        first.pk,
        other.pk,
    }
    assert "Nothing has been changed" in shown["next_step"]
    assert (shown["changes"], get_client(lead)) == ([], None)
    # What people wrote is nowhere else.
    assert "Stone Works" not in shown["next_step"]
    me.use("convert_lead", id=lead.pk, company=other.pk)
    assert get_client(lead) == other.pk


def test_an_assistant_that_previews_everything_sees_what_would_be_made(assistant, ann, lead):
    me = assistant(ann, limits={"preview_above": 0})
    shown = me.use("convert_lead", id=lead.pk)
    assert shown["data"]["conversion"]["added"] == ["company", "contact"]
    assert not Company.objects.exists()
    me.use("convert_lead", id=lead.pk, preview=shown["preview"]["preview"])
    assert Contact.objects.count() == 1


def test_a_preview_is_not_applied_if_the_lead_would_be_linked_with_another_company(
    assistant, ann, lead, make_company
):
    me = assistant(ann, limits={"preview_above": 0})
    preview = me.use("convert_lead", id=lead.pk)["preview"]["preview"]
    make_company("Stone Works")
    assert "has changed since the preview" in me.refuse("convert_lead", id=lead.pk, preview=preview)
    assert get_client(lead) is None


def test_a_lead_is_converted_once(assistant, ann, lead):
    me = assistant(ann)
    me.use("convert_lead", id=lead.pk)
    assert "converted already" in me.refuse("convert_lead", id=lead.pk)


def test_a_record_that_is_added_between_looking_and_converting_is_not_named_in_our_words(
    assistant, ann, lead, make_company, monkeypatch
):
    from assistants.tools import converting

    convert = converting._convert

    def add_and_convert(*arguments):
        make_company("Stone Works")
        return convert(*arguments)

    monkeypatch.setattr(converting, "_convert", add_and_convert)
    sentence = assistant(ann).refuse("convert_lead", id=lead.pk, new_company="Stone Works")
    assert "was added just now" in sentence
    assert "Stone Works" not in sentence
