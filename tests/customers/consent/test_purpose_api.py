"""API v2 adds and changes purposes of consent and their texts as their pages do: the same rows, operations and refusals."""

import pytest

from crm.models import AuditEntry, Operation
from crm.records.history.verb_execution import operation
from crm.records.history.visible_operations import describe_operation
from customers.consent.consent_recording import ConsentEntry, Source, record_consents_of_records
from customers.models import ConsentPurpose, ConsentText
from tests.api.conftest import umbra
from tests.matrix.asking import undone

__all__ = ["umbra"]
pytestmark = pytest.mark.django_db
PURPOSES, PAGES = "/api/v2/consent-purposes", "/admin/consents"


@pytest.fixture
def rows(ada):
    with operation("test", by=None):
        news = ConsentPurpose.objects.create(name="News")
        old = ConsentPurpose.objects.create(name="Old", retired=True)
    ConsentText.objects.create(purpose=news, language="en", number=1, text="I agree.", by=ada)
    return {"news": news, "old": old}


def read_done(before, refused):
    """What is stored, the operations in words, the entries in the audit log, and the sentences of a refusal."""
    stored = [
        [
            {key: value for key, value in row.items() if key not in ("id", "at", "purpose_id")}
            for row in model.objects.order_by("pk").values()
        ]
        for model in (ConsentPurpose, ConsentText)
    ]
    made = Operation.objects.order_by("pk")[before[0] :]
    logged = AuditEntry.objects.order_by("pk").values_list("kind", flat=True)[before[1] :]
    return stored, [describe_operation(record) for record in made], list(logged), sorted(refused)


def carry_out_by_page(browser, path, data, form="form"):
    with undone():
        before, refused = (Operation.objects.count(), AuditEntry.objects.count()), []
        answer = browser.post(path, data)
        if answer.status_code != 302:
            refused = [str(texts[0]) for texts in answer.context[form].errors.values()]
            assert refused
        return read_done(before, refused)


def carry_out_by_call(program, method, path, data):
    with undone():
        before, refused = (Operation.objects.count(), AuditEntry.objects.count()), []
        body = program.call(method, path, data)
        if program.last.status_code >= 400:
            refused = [row["detail"] for row in body["errors"]] or [body["detail"]]
        made = Operation.objects.order_by("pk")[before[0] :]
        assert {record.channel for record in made} <= {"api"}
        return read_done(before, refused)


# The purpose or "" for a new one, what the page sends, and what a program sends.
CHANGES = {
    "a new one": ("", {"name": "Offers"}, {"name": "Offers"}),
    "a newsletter": ("", {"name": "Offers", "is_newsletter": "on"}, {"name": "Offers", "newsletter": True}),
    "without a name": ("", {}, {}),
    "a name in use": ("", {"name": "news"}, {"name": "news"}),
    "the name of a retired one": ("", {"name": "Old"}, {"name": "Old"}),
    "another name": ("news", {"name": " Our  news"}, {"name": " Our  news"}),
    "a newsletter now": ("news", {"name": "News", "is_newsletter": "on"}, {"newsletter": True}),
    "retired": ("news", {"name": "News", "retired": "on"}, {"retired": True}),
    "in use again": ("old", {"name": "Old"}, {"retired": False}),
    "nothing": ("news", {"name": "News"}, {}),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_purpose_is_added_and_changed_as_on_its_page(case, rows, ada, sign_in, umbra):
    name, by_hand, body = CHANGES[case]
    one = f"/{rows[name].pk}" if name else ""
    page = carry_out_by_page(sign_in(ada), f"{PAGES}{one or '/new'}", by_hand)
    assert carry_out_by_call(umbra(ada), "PATCH" if name else "POST", f"{PURPOSES}{one}", body) == page


TEXTS = {
    "another text": {"language": "en", "text": "I agree to news."},
    "the same text": {"language": "en", "text": " I agree.\r\n"},
    "another language": {"language": "ro", "text": "Sunt de acord."},
    "an unknown language": {"language": "xx", "text": "I agree."},
    "no text": {"language": "en", "text": ""},
    "a long text": {"language": "en", "text": "x" * 2_001},
}


@pytest.mark.parametrize("case", TEXTS)
def test_a_text_is_changed_as_on_the_page(case, rows, ada, sign_in, umbra):
    path, sent = f"{rows['news'].pk}/text", TEXTS[case]
    page = carry_out_by_page(sign_in(ada), f"{PAGES}/{path}", sent, form="text_form")
    assert carry_out_by_call(umbra(ada), "PUT", f"{PURPOSES}/{path}", sent) == page


def test_the_list_has_the_texts_and_the_numbers_of_the_page(rows, ada, umbra, make_lead):
    leads = [make_lead(name, email=f"{name}@a.example") for name in ("jan", "eva", "ion")]
    for lead, given in zip(leads, (True, True, False), strict=True):
        record_consents_of_records(
            "lead", [lead.pk], ConsentEntry(rows["news"], given, Source.USER, "x", by=ada)
        )
    program = umbra(ada)
    program.put(f"{PURPOSES}/{rows['news'].pk}/text", {"language": "en", "text": "Another."})
    news, old = program.get(PURPOSES)["consent_purposes"]
    assert (news["name"], news["given"], news["withdrawn"]) == ("News", 2, 1)
    assert [(row["number"], row["text"]) for row in news["texts"]] == [(2, "Another."), (1, "I agree.")]
    assert (old["retired"], old["given"], old["texts"]) == (True, 0, [])
    assert program.get(f"{PURPOSES}/{news['id']}") == news


def test_a_change_takes_the_right_of_the_token_the_permission_and_the_version(rows, ada, ann, umbra):
    path = f"{PURPOSES}/{rows['news'].pk}"
    for user, rights in ((ada, ["consent_purposes.get", "settings_lists.put", "leads.put"]), (ann, None)):
        program = umbra(user, rights)
        program.patch(path, {"name": "X"}, expect=403)
        program.post(PURPOSES, {"name": "X"}, expect=403)
        program.put(f"{path}/text", {"text": "X"}, expect=403)
    umbra(ann).get(PURPOSES, expect=403)
    umbra(ada).patch(path, {"name": "X"}, expect=412, **{"If-Match": '"9"'})
    assert (ConsentPurpose.objects.get(pk=rows["news"].pk).name, ConsentText.objects.count()) == ("News", 1)
