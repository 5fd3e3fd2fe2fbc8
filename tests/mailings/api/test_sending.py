"""API v2 sends, pauses, resumes and cancels mailings as their pages do, with the same numbers and refusals."""

import pytest
from django.utils import timezone

from crm.api.token_scopes import get_all_rights
from crm.models import Operation
from crm.records.history.verb_execution import operation
from leads.models import Unsubscribe
from mailings import verbs
from mailings.audience.recipient_counts import preview_recipient_counts
from mailings.jobs import send_mailing
from mailings.models import Delivery, Mailing, MailingList, Suppression
from mailings.models.mailing_list import ListUnsubscribe
from tests.mailings.api.page_and_call import carry_out_by_call, carry_out_by_page
from tests.post_office import post_office

__all__ = ["post_office"]
MAILINGS, PAGES = "/api/v2/mailings", "/admin/mailings"


@pytest.fixture
def leads(make_lead):
    """Three leads, of whom two can get a mailing."""
    return [make_lead(name, email=address) for name, address in (("Jan", "jan@a.example"), ("Eva", "eva@a.example"), ("Ion", ""))]  # fmt: skip


@pytest.fixture
def draft(leads, make_mailing, ann) -> Mailing:
    return make_mailing(leads, by=ann)


def preview(program, mailing) -> dict:
    return program.post(f"{MAILINGS}/{mailing.pk}/send", {"preview": True})["preview"]


def test_a_preview_has_the_numbers_of_the_page_and_changes_nothing(draft, ann, sign_in, umbra):
    page = sign_in(ann).get(f"{PAGES}/{draft.pk}/send").context
    before = Operation.objects.count()
    found = preview(program := umbra(ann), draft)
    assert found["seen"] == page["funnel"].digest
    assert (found["recipients"]["total"], found["recipients"]["receiving"]) == (
        page["funnel"].total,
        page["funnel"].receiving_count,
    ) == (3, 2)  # fmt: skip
    assert found["recipients"]["skipped"] == [{"reason": "no_email", "words": "No email address", "count": 1}]
    assert (found["problems"], found["warnings"]) == (page["problems"], page["warnings"])
    assert found["asks_approval"] is page["asks"] is False
    assert (Operation.objects.count(), Mailing.objects.get().state) == (before, "draft")
    shown = program.get(f"{MAILINGS}/{draft.pk}")
    assert (shown["recipients"]["receiving"], shown["results"], shown["progress"]) == (2, [], None)


@pytest.mark.parametrize("at", [None, "2040-01-01T10:00:00+02:00", "2020-01-01T10:00:00Z"])
def test_a_mailing_is_sent_as_on_its_page(at, draft, ann, sign_in, umbra):
    seen = preview_recipient_counts(draft).digest
    data = {"seen": seen} | ({"send_at": at} if at else {})
    page = carry_out_by_page(sign_in(ann), f"{PAGES}/{draft.pk}/send", data)
    call = carry_out_by_call(umbra(ann), "POST", f"{MAILINGS}/{draft.pk}/send", {"seen": seen, "send_at": at})
    assert call == page
    assert bool(call.refused) == (at is not None and at.startswith("2020"))


# What is wrong with the draft.
FAULTY = {
    "no text": {"text": ""},
    "no department": {"department": None},
    "no one": {"ids": []},
    "an unknown merge field": {"text": "{nonsense}"},
    "a filter that can't be read": {"ids": None, "query": "gone=1"},
}


@pytest.mark.parametrize("case", FAULTY)
def test_a_mailing_that_the_page_refuses_is_refused_with_the_same_sentence(case, draft, ann, sign_in, umbra):
    with operation("test", by=None):
        Mailing.objects.update(**FAULTY[case])
    draft.refresh_from_db()
    program = umbra(ann)
    seen = preview(program, draft)["seen"] or "x"
    page = carry_out_by_page(sign_in(ann), f"{PAGES}/{draft.pk}/send", {"seen": seen})
    assert carry_out_by_call(program, "POST", f"{MAILINGS}/{draft.pk}/send", {"seen": seen}) == page
    assert page.stored["Mailing"][0]["state"] == "draft"
    assert program.get(f"{MAILINGS}/{draft.pk}")["state"] == "draft"


def test_a_mailing_whose_recipients_have_changed_is_not_sent(draft, ann, umbra):
    program, path = umbra(ann), f"{MAILINGS}/{draft.pk}/send"
    seen = preview(program, draft)["seen"]
    with operation("test", by=None):
        Suppression.objects.create(address="jan@a.example", email_key="jan@a.example")
    refused = program.post(path, {"seen": seen}, expect=409)
    assert (refused["code"], refused["errors"][0]["parameter"]) == ("changed_since", "seen")
    assert "The recipients have changed" in refused["detail"]
    assert program.post(path, {}, expect=422)["errors"][0]["parameter"] == "seen"
    assert program.post(path, {"seen": "x"}, expect=409)["code"] == "changed_since"
    assert (Mailing.objects.get().state, Delivery.objects.count()) == ("draft", 0)


def test_another_version_of_a_mailing_is_not_sent(draft, ann, umbra):
    program, path = umbra(ann), f"{MAILINGS}/{draft.pk}"
    program.get(path)
    known = program.last["ETag"]
    seen = preview(program, draft)["seen"]
    program.patch(f"{path}/content", {"text": "Something else"})
    program.post(f"{path}/send", {"seen": seen}, expect=412, **{"If-Match": known})
    assert Mailing.objects.get().state == "draft"


@pytest.mark.usefixtures("post_office")
def test_a_call_that_is_repeated_sends_once(draft, ann, umbra, post_office, monkeypatch):
    monkeypatch.setattr("mailings.sending.mailing_sending.AT_ONCE", 1)
    program, path = umbra(ann), f"{MAILINGS}/{draft.pk}/send"
    body, key = {"seen": preview(program, draft)["seen"]}, {"Idempotency-Key": "a"}
    first = program.post(path, body, **key)
    assert first["state"] == "scheduled"
    assert program.post(path, body, **key) == first
    assert program.last["Idempotent-Replayed"] == "true"
    assert program.post(path, body, expect=409)["detail"] == "The mailing is no longer a draft."
    send_mailing(draft.pk)
    send_mailing(draft.pk)
    assert sorted(message["To"] for message in post_office) == ["eva@a.example", "jan@a.example"]
    assert program.post(path, body, **key) == first
    assert Operation.objects.filter(kind="schedule_mailing", channel="api").count() == 1


def test_nothing_reaches_someone_who_opted_out(make_lead, make_mailing, ann, umbra, post_office, monkeypatch):
    monkeypatch.setattr("mailings.sending.mailing_sending.AT_ONCE", 1)
    names = ("jan", "left", "offlist", "suppressed", "later", "late")
    leads = [make_lead(name, email=f"{name}@a.example") for name in names]
    with operation("test", by=None):
        offers = MailingList.objects.create(name="Offers")
        Suppression.objects.create(address="suppressed@a.example", email_key="suppressed@a.example")
    Unsubscribe.objects.create(email_key="left@a.example")
    ListUnsubscribe.objects.create(list=offers, email_key="offlist@a.example")
    draft = make_mailing(leads, by=ann, list=offers)
    program, path = umbra(ann), f"{MAILINGS}/{draft.pk}"
    program.post("/api/v2/suppressed-addresses", {"address": "later@a.example"}, expect=201)
    found = preview(program, draft)
    skipped = {line["reason"]: line["count"] for line in found["recipients"]["skipped"]}
    assert skipped == {"unsubscribed": 2, "suppressed": 2}
    for body in ({"include_unsubscribed": True}, {"ids": [leads[1].pk]}, {"despite_warnings": True}):
        program.post(f"{path}/send", {"seen": found["seen"]} | body, expect=422)
    program.post(f"{path}/send", {"seen": found["seen"]})
    # Between the call and the worker.
    program.post("/api/v2/suppressed-addresses", {"address": "late@a.example"}, expect=201)
    send_mailing(draft.pk)
    assert [message["To"] for message in post_office] == ["jan@a.example"]


@pytest.mark.parametrize("steps", ["pause", "pause resume", "cancel", "pause cancel"])
def test_a_mailing_is_paused_resumed_and_canceled_as_on_its_page(steps, draft, ann, sign_in, umbra):
    verbs.schedule_mailing(draft, by=ann, seen=preview_recipient_counts(draft).digest)
    *before, last = steps.split()
    for step in before:
        getattr(verbs, f"{step}_mailing")(draft, by=ann)
    page = carry_out_by_page(sign_in(ann), f"{PAGES}/{draft.pk}/{last}", {})
    assert carry_out_by_call(umbra(ann), "POST", f"{MAILINGS}/{draft.pk}/{last}") == page


# In which state a step is refused.
REFUSED = [("draft", "pause"), ("draft", "cancel"), ("scheduled", "resume"), ("sent", "pause"), ("sent", "cancel"), ("cancelled", "resume")]  # fmt: skip


@pytest.mark.parametrize(("state", "step"), REFUSED)
def test_a_step_that_does_not_fit_the_state_changes_nothing(state, step, draft, ann, umbra):
    with operation("test", by=None):
        Mailing.objects.update(state=state)
    before = Operation.objects.count()
    refused = umbra(ann).post(f"{MAILINGS}/{draft.pk}/{step}", expect=409)
    assert refused["code"] == "changed_since"
    assert f"Its state is {state}." in refused["detail"]
    assert (Mailing.objects.get().state, Operation.objects.count()) == (state, before)


def test_a_canceled_mailing_reaches_no_one_and_an_undo_lets_it_go_on(draft, ann, umbra, post_office):
    program, path = umbra(ann), f"{MAILINGS}/{draft.pk}"
    program.post(f"{path}/send", {"seen": preview(program, draft)["seen"]})
    done = program.post(f"{path}/cancel")
    send_mailing(draft.pk)
    assert (done["state"], post_office) == ("cancelled", [])
    program.post(f"/api/v2/operations/{done['operation']}/undo", {})
    assert program.get(path)["state"] == "scheduled"


def test_a_large_mailing_waits_for_approval(draft, ann, umbra, settings):
    settings.MAILING_APPROVAL_ABOVE = 1
    program = umbra(ann)
    found = preview(program, draft)
    assert found["asks_approval"] is True
    sent = program.post(f"{MAILINGS}/{draft.pk}/send", {"seen": found["seen"]})
    assert (sent["state"], Delivery.objects.count()) == ("asked", 0)


def test_sending_takes_a_right_of_the_token_of_its_own(draft, ann, umbra):
    others = [right for right in get_all_rights() if right != "mailing_sending.post"]
    program, path = umbra(ann, others), f"{MAILINGS}/{draft.pk}"
    seen = preview_recipient_counts(draft).digest
    for step, body in (("send", {"seen": seen}), ("send", {"preview": True}), ("pause", None), ("resume", None), ("cancel", None)):  # fmt: skip
        program.post(f"{path}/{step}", body, expect=403)
    program.get(path)
    program = umbra(ann, ["mailing_sending.post"])
    program.post(f"{path}/send", {"preview": True}, expect=403)
    program.get(path, expect=403)
    assert Mailing.objects.get().state == "draft"


def test_a_token_without_the_right_to_send_does_not_undo_a_pause_either(draft, ann, umbra):
    program, path = umbra(ann), f"{MAILINGS}/{draft.pk}"
    program.post(f"{path}/send", {"seen": preview(program, draft)["seen"]})
    paused = program.post(f"{path}/pause")["operation"]
    others = [right for right in get_all_rights() if right != "mailing_sending.post"]
    umbra(ann, others).post(f"/api/v2/operations/{paused}/undo", {}, expect=403)
    assert Mailing.objects.get().state == "paused"
    undone = program.post(f"/api/v2/operations/{paused}/undo", {})["operation"]
    umbra(ann, others).post(f"/api/v2/operations/{undone}/undo", {}, expect=403)
    assert Mailing.objects.get().state == "scheduled"


def test_a_mailing_of_another_department_is_not_found(draft, carla, umbra):
    program, path = umbra(carla), f"{MAILINGS}/{draft.pk}"
    for step in ("send", "pause", "resume", "cancel"):
        program.post(f"{path}/{step}", {"preview": True} if step == "send" else None, expect=404)
    program.patch(path, {"pause_days": 1}, expect=404)
    program.patch(f"{path}/content", {"text": "x"}, expect=404)
    program.delete(path, expect=404)
    program.get(f"{path}/recipients", expect=404)
    assert program.get(MAILINGS)["mailings"] == []


def test_a_mailing_has_its_results_and_its_recipients_as_far_as_they_are_seen(
    leads, draft, ada, ann, umbra, sign_in, departments, make_lead
):
    hidden = make_lead("Dana", email="dana@a.example", department=departments.export)
    with operation("test", by=None):
        Mailing.objects.update(state="sending", sent_at=timezone.now(), tracks_opens=True)
    common = {"mailing": draft, "of": "lead"}
    for record, values in ((leads[0], {"state": "sent", "opened_at": timezone.now()}), (leads[1], {"state": "failed", "problem": "Mailbox full"}), (hidden, {"state": "waiting"})):  # fmt: skip
        Delivery.objects.create(
            **common, record=record.pk, address=record.email, email_key=record.email, **values
        )
    Delivery.objects.create(**common, record=leads[2].pk, state="left_out", reason="no_email")
    program, path = umbra(ann), f"{MAILINGS}/{draft.pk}"
    found = program.get(path)
    page = sign_in(ann).get(f"{PAGES}/{draft.pk}/results").context
    assert [line["count"] for line in found["results"]] == [line.count for line in page["numbers"]]
    counts = {line["name"]: line["count"] for line in found["results"]}
    assert (counts["sent"], counts["opened"], counts["failed"]) == (1, 1, 1)
    assert "clicked" not in counts
    opened = next(line for line in found["results"] if line["name"] == "opened")
    assert [row["id"] for row in program.get(opened["records"])["leads"]] == [leads[0].pk]
    assert found["progress"] == {"total": 3, "sent": 1, "failed": 1, "waiting": 1, "rate": 0}
    listed = program.get(f"{path}/recipients")
    assert [(row["name"], row["state"], row["reason"], row["problem"]) for row in listed["recipients"]] == [
        ("Jan", "sent", "", ""),
        ("Eva", "failed", "", "Mailbox full"),
        ("Ion", "left_out", "no_email", ""),
    ]
    assert (listed["unseen"], "dana" in program.text.decode().lower()) == (1, False)
    assert umbra(ada).get(f"{path}/recipients")["unseen"] == 0
    first = program.get(f"{path}/recipients?limit=1")
    assert (
        program.get(f"{path}/recipients?limit=1&after={first['next']}")["recipients"]
        == listed["recipients"][1:2]
    )
    for query, names in (("reason=no_email", ["Ion"]), ("state=failed", ["Eva"]), ("state=waiting", [])):
        assert [row["name"] for row in program.get(f"{path}/recipients?{query}")["recipients"]] == names
    for query in ("state=nonsense", "reason=nonsense", "after=x", "limit=0"):
        program.get(f"{path}/recipients?{query}", expect=422)


def test_mailings_are_listed_by_state_and_in_pages(make_mailing, ann, umbra):
    first, second = make_mailing(by=ann), make_mailing(by=ann, state="sent")
    program = umbra(ann)
    page = program.get(f"{MAILINGS}?limit=1")
    assert [row["id"] for row in page["mailings"]] == [second.pk]
    assert [row["id"] for row in program.get(f"{MAILINGS}?before={page['next']}")["mailings"]] == [first.pk]
    assert [row["id"] for row in program.get(f"{MAILINGS}?state=draft")["mailings"]] == [first.pk]
    program.get(f"{MAILINGS}?state=nonsense", expect=422)
