"""API v2 adds, changes and deletes drafts of mailings as their pages do: the same rows, operations and refusals."""

import pytest

from crm.models import Operation, SavedView
from crm.records.history.verb_execution import operation
from customers.models import ConsentPurpose
from mailings.models import Mailing, MailingList
from tests.examples import one_in
from tests.mailings.api.page_and_call import carry_out_by_call, carry_out_by_page

pytestmark = pytest.mark.django_db
MAILINGS, PAGES = "/api/v2/mailings", "/admin/mailings"


@pytest.fixture
def names(make_lead, departments, ann, ada):
    """The ids that bodies and forms can use in braces."""
    make_lead("Jan", email="jan@a.example", vip=True)
    make_lead("Eva", email="eva@a.example")
    with operation("test", by=None):
        offers = MailingList.objects.create(name="Offers")
        old = MailingList.objects.create(name="Old", retired=True)
        purpose = ConsentPurpose.objects.create(name="News")
    views = {
        name: SavedView.objects.create(table="lead", owner=owner, name=name, query=query).pk
        for name, owner, query in (
            ("vips", ann, "vip=yes"),
            ("faulty", ann, "gone=1"),
            ("hers", ada, "vip=yes"),
        )
    }
    return views | {"sales": departments.sales.pk, "export": departments.export.pk, "offers": offers.pk, "old": old.pk, "purpose": purpose.pk}  # fmt: skip


def fill(data, names):
    """With the ids in place of their names."""
    return {
        key: f"lead:{names[value[5:]]}" if str(value).startswith("lead:") and value[5:] in names else names.get(value, value) if isinstance(value, str) else value
        for key, value in data.items()
    }  # fmt: skip


# What the page sends beside what it proposes, and what a program sends.
NEW = {
    "to all leads": ({"records": "lead:all"}, {}),
    "of a saved view": ({"records": "lead:vips"}, {"view": "vips"}),
    "when sending begins": ({"records": "lead:vips", "chosen": "later"}, {"view": "vips", "later": True}),
    "a view with a filter that is gone": ({"records": "lead:faulty"}, {"view": "faulty"}),
    "a view of someone else": ({"records": "lead:hers"}, {"view": "hers"}),
    "a view that doesn't exist": ({"records": "lead:99999"}, {"view": 99_999}),
    "of a list": ({"records": "lead:all", "list": "offers"}, {"list": "offers"}),
    "of a retired list": ({"records": "lead:all", "list": "old"}, {"list": "old"}),
    "with consent": ({"records": "lead:all", "purpose": "purpose"}, {"purpose": "purpose"}),
    "in the name of another department": (
        {"records": "lead:all", "department": "export"},
        {"department": "export"},
    ),
    "a long subject with spaces": (
        {"records": "lead:all", "subject": "  New   prices "},
        {"subject": "  New   prices "},
    ),
}


@pytest.mark.parametrize("case", one_in(3, NEW))
def test_a_mailing_is_added_as_on_its_page(case, names, ann, sign_in, umbra):
    by_hand, body = NEW[case]
    first = {"subject": "Prices", "department": "sales", "chosen": "now"}
    page = carry_out_by_page(sign_in(ann), f"{PAGES}/new", fill(first | by_hand, names))
    call = carry_out_by_call(
        umbra(ann), "POST", MAILINGS, fill({"subject": "Prices", "of": "lead"} | body, names)
    )
    assert call == page


# What the page sends beside what is there, and what a program sends.
SETTINGS = {
    "days": ({"pause_days": 7}, {"pause_days": 7}),
    "too many days": ({"pause_days": 366}, {"pause_days": 366}),
    "a list": ({"list": "offers"}, {"list": "offers"}),
    "a retired list": ({"list": "old"}, {"list": "old"}),
    "a department": ({"department": "export"}, {"department": "export"}),
    "no department": ({"department": ""}, {"department": None}),
    "switches": (
        {"in_working_time": "on", "skips_gaps": "on", "tracks_opens": "on", "tracks_clicks": "on"},
        {"in_working_time": True, "skip_empty_merge_fields": True, "track_opens": True, "track_clicks": True},
    ),
    "a limit": ({"most_bounces": 0}, {"bounce_limit": 0}),
    "consent": ({"purpose": "purpose"}, {"purpose": "purpose"}),
    "nothing": ({}, {}),
}


@pytest.mark.parametrize("case", one_in(3, SETTINGS))
def test_the_settings_of_a_draft_are_changed_as_on_its_page(case, names, ann, sign_in, umbra, make_mailing):
    by_hand, body = SETTINGS[case]
    draft = make_mailing(by=ann)
    there = {"department": "sales", "pause_days": 0, "most_bounces": 5, "version": draft.version}
    page = carry_out_by_page(sign_in(ann), f"{PAGES}/{draft.pk}/edit", fill(there | by_hand, names))
    assert carry_out_by_call(umbra(ann), "PATCH", f"{MAILINGS}/{draft.pk}", fill(body, names)) == page


CONTENT = {
    "a text": ({"text": "Dear {first_name|reader}\r\n"}, {"text": "Dear {first_name|reader}\n"}),
    "no text": ({"text": ""}, {"text": ""}),
    "an unknown merge field": ({"text": "Dear {nonsense}"}, {"text": "Dear {nonsense}"}),
    "a subject on two lines": ({"subject": "One\nTwo"}, {"subject": "One\nTwo"}),
    "a long subject": ({"subject": "x" * 201}, {"subject": "x" * 201}),
    "a language": ({"language": "ro"}, {"language": "ro"}),
    "an unknown language": ({"language": "xx"}, {"language": "xx"}),
    "the others": ({"preheader": "Soon", "plain": "Hello"}, {"preview_text": "Soon", "plain_text": "Hello"}),
    "a custom field": ({"text": "Until {contract_end}"}, {"text": "Until {contract_end}"}),
    "nothing": ({}, {}),
}


@pytest.mark.parametrize("case", one_in(3, CONTENT))
def test_the_content_of_a_draft_is_changed_as_on_its_page(
    case, names, ann, sign_in, umbra, make_mailing, make_field
):
    make_field("Contract end", "text")
    by_hand, body = CONTENT[case]
    draft = make_mailing(by=ann)
    there = {"subject": "Price list", "text": "Hello", "language": "en", "version": draft.version}
    page = carry_out_by_page(sign_in(ann), f"{PAGES}/{draft.pk}/content", there | by_hand)
    assert carry_out_by_call(umbra(ann), "PATCH", f"{MAILINGS}/{draft.pk}/content", body) == page


def test_a_draft_is_deleted_as_on_its_page_and_comes_back_by_undo(names, ann, sign_in, umbra, make_mailing):
    draft = make_mailing(by=ann)
    page = carry_out_by_page(sign_in(ann), f"{PAGES}/{draft.pk}/delete", {})
    program = umbra(ann)
    assert carry_out_by_call(program, "DELETE", f"{MAILINGS}/{draft.pk}") == page
    done = program.delete(f"{MAILINGS}/{draft.pk}")
    program.get(f"{MAILINGS}/{draft.pk}", expect=404)
    program.post(f"/api/v2/operations/{done['operation']}/undo", {})
    assert program.get(f"{MAILINGS}/{draft.pk}")["subject"] == "Price list"


def test_only_drafts_are_changed_and_deleted(ann, umbra, make_mailing):
    mailing, program = make_mailing(by=ann, state="sent"), umbra(ann)
    path = f"{MAILINGS}/{mailing.pk}"
    assert program.patch(path, {"pause_days": 3}, expect=409)["detail"] == "Only drafts can be edited."
    assert (
        program.patch(f"{path}/content", {"text": "x"}, expect=409)["detail"] == "Only drafts can be edited."
    )
    assert program.delete(path, expect=409)["detail"] == "Only drafts can be deleted."
    mailing.refresh_from_db()
    assert (mailing.pause_days, mailing.text) == (0, "Hello")


def test_an_added_mailing_is_a_draft_of_the_user_and_added_once(names, ann, umbra):
    program, body = umbra(ann), {"subject": "Prices", "of": "lead", "view": names["vips"]}
    made = program.post(MAILINGS, body, expect=201, **{"Idempotency-Key": "1"})
    assert program.last["Location"] == f"{MAILINGS}/{made['id']}"
    assert program.post(MAILINGS, body, expect=201, **{"Idempotency-Key": "1"}) == made
    assert (made["state"], made["user"], made["recipients"]["total"]) == ("draft", ann.pk, 1)
    assert made["problems"] == ["Write the email before you send it."]
    assert Operation.objects.get(pk=made["operation"]).channel == "api"
    assert Mailing.objects.count() == 1


def test_another_version_values_of_another_type_and_unknown_fields_are_refused(ann, umbra, make_mailing):
    path, program = f"{MAILINGS}/{make_mailing(by=ann).pk}", umbra(ann)
    program.patch(path, {"pause_days": 3}, expect=412, **{"If-Match": '"9"'})
    program.patch(f"{path}/content", {"text": "x"}, expect=412, **{"If-Match": '"9"'})
    program.delete(path, expect=412, **{"If-Match": '"9"'})
    for body in (
        {"track_opens": "yes"},
        {"pause_days": [1]},
        {"state": "sent"},
        {"subject": "x"},
        {"ids": [1]},
    ):
        assert program.patch(path, body, expect=422)["errors"][0]["parameter"] == next(iter(body))
    for body in ({"text": ["x"]}, {"text": "a\0b"}, {"state": "sent"}):
        found = program.patch(f"{path}/content", body, expect=422)
        assert found["errors"][0]["parameter"] == next(iter(body))
    program.patch(path, {"pause_days": 3}, **{"If-Match": '"1"'})
