"""Incoming webhooks in Settings: creating, mapping, the log, processing calls again, and who may do what."""

import pytest

from crm.models import Change, Operation
from crm.records.history.undo.field_reversal import revert_operation
from intake.models import IncomingCall, IncomingWebhook
from leads.models import Lead
from tests.intake.webhooks.test_calls import BODY, MAPPING
from tests.reading import close_up

LIST = "/admin/api/incoming"


@pytest.fixture
def admin(sign_in, ada):
    return sign_in(ada)


def form_of(departments, **values):
    return {
        "name": "Lead ads",
        "makes": "lead",
        "proof": "address",
        "signature_header": "X-Signature",
        "signature_format": "hex",
        "department": departments.sales.pk,
        "duplicates": "add",
        "calls_a_minute": "60",
        "days_kept": "30",
        **values,
    }


def mapping_of(webhook, mapping):
    webhook.refresh_from_db()
    return {"path": [*mapping], "field": [*mapping.values()], "version": webhook.version}


def test_an_administrator_creates_a_webhook_and_sees_its_address_once(admin, departments, deliver):
    page = admin.post(f"{LIST}/new", form_of(departments))
    webhook = IncomingWebhook.objects.get()
    secret = webhook.get_decrypted_secret()
    assert len(secret) == 40
    assert f"/hooks/{webhook.public_id}/{secret}" in page.text
    assert page["Cache-Control"] == "no-store"
    assert secret not in webhook.secret
    assert secret not in admin.get(f"{LIST}/{webhook.pk}").text
    assert Operation.objects.filter(kind="add_incoming_webhook").count() == 1


def test_the_history_of_a_webhook_has_no_secret(admin, departments):
    admin.post(f"{LIST}/new", form_of(departments, given_key="verify me"))
    webhook = IncomingWebhook.objects.get()
    admin.post(f"{LIST}/{webhook.pk}/secret")
    admin.post(f"{LIST}/{webhook.pk}/delete")
    changes = Change.objects.filter(table="incoming_webhook")
    assert {change.kind for change in changes} == {"insert", "update", "delete"}
    assert not any({"secret", "key"} & set(change.fields or {}) for change in changes)


def test_a_given_secret_is_used_and_not_shown(admin, departments):
    page = admin.post(
        f"{LIST}/new", form_of(departments, proof="signature", given_secret="secret of Meta"), follow=True
    )
    assert IncomingWebhook.objects.get().get_decrypted_secret() == "secret of Meta"
    assert "secret of Meta" not in page.text


def test_a_new_secret_replaces_the_present_one(admin, make_webhook, deliver):
    webhook = make_webhook(mapping=MAPPING)
    page = admin.post(f"{LIST}/{webhook.pk}/secret")
    assert IncomingWebhook.objects.get().get_decrypted_secret() in page.text
    assert deliver(webhook, BODY).status_code == 401


def test_an_owner_outside_the_department_is_not_accepted(admin, departments, dan):
    page = admin.post(f"{LIST}/new", form_of(departments, owner=dan.pk))
    assert page.status_code == 422
    assert "isn’t in this department" in page.text


def test_a_closed_status_cannot_be_chosen(admin, departments, statuses):
    page = admin.post(f"{LIST}/new", form_of(departments, status=statuses.lost.pk))
    assert page.status_code == 422


def test_a_second_webhook_with_the_same_name_is_not_accepted(admin, departments, make_webhook):
    make_webhook()
    page = admin.post(f"{LIST}/new", form_of(departments, name="lead ADS"))
    assert page.status_code == 422
    assert "This name is already in use." in page.text


def test_an_edit_can_be_undone(admin, ada, departments, make_webhook):
    webhook = make_webhook()
    admin.post(f"{LIST}/{webhook.pk}/edit", form_of(departments, name="Fairs", version=webhook.version))
    webhook.refresh_from_db()
    assert webhook.name == "Fairs"
    revert_operation(Operation.objects.get(kind="edit_incoming_webhook"), by=ada)
    webhook.refresh_from_db()
    assert webhook.name == "Lead ads"


# Mapping


def test_the_mapping_page_shows_the_paths_of_the_last_bodies_and_proposes_fields(
    admin, make_webhook, deliver
):
    webhook = make_webhook()
    deliver(webhook, {**BODY, "extra": {"budget": 700}})
    page = admin.get(f"{LIST}/{webhook.pk}/mapping").text
    assert "lead.email" in page
    assert "ana@example.com" in page
    assert "extra.budget" in page
    assert '<option value="email" selected>' in page


def test_a_call_that_came_before_the_mapping_is_processed_again(admin, make_webhook, deliver):
    webhook = make_webhook()
    assert deliver(webhook, BODY).json() == {"status": "needs_attention"}
    assert "No fields are mapped yet." in admin.get(f"{LIST}/{webhook.pk}").text
    admin.post(f"{LIST}/{webhook.pk}/mapping", mapping_of(webhook, MAPPING))
    webhook.refresh_from_db()
    assert webhook.mapping == MAPPING
    page = admin.post(f"{LIST}/{webhook.pk}/repeat", follow=True)
    assert "Processed 1 call." in close_up(page.text)
    lead = Lead.objects.get()
    assert lead.email == "ana@example.com"
    assert f'href="{lead.get_absolute_url()}"' in page.text


def test_a_call_that_added_a_lead_cannot_be_processed_again(admin, make_webhook, deliver):
    webhook = make_webhook(mapping=MAPPING)
    deliver(webhook, BODY)
    call = IncomingCall.objects.get()
    admin.post(f"{LIST}/{webhook.pk}/repeat", {"call": call.pk})
    admin.post(f"{LIST}/{webhook.pk}/repeat", {"call": "wrong"})
    assert Lead.objects.count() == 1


def test_the_fields_of_a_mapping_are_only_those_that_are_offered(admin, make_webhook):
    webhook = make_webhook()
    page = admin.post(f"{LIST}/{webhook.pk}/mapping", mapping_of(webhook, {"a": "owner", "b": "email"}))
    assert page.status_code == 422
    webhook.refresh_from_db()
    assert webhook.mapping == {}


def test_a_mapping_that_was_changed_in_the_meantime_is_not_overwritten_unasked(admin, make_webhook):
    webhook = make_webhook()
    first = mapping_of(webhook, {"a": "email"})
    admin.post(f"{LIST}/{webhook.pk}/mapping", first)
    page = admin.post(f"{LIST}/{webhook.pk}/mapping", first | {"path": ["b"]})
    assert page.status_code == 409
    webhook.refresh_from_db()
    assert webhook.mapping == {"a": "email"}


def test_the_call_page_shows_the_body_as_text(admin, make_webhook, deliver):
    webhook = make_webhook(mapping=MAPPING)
    deliver(webhook, {"lead": {**BODY["lead"], "company": "<script>alert(1)</script>", "email": "wrong"}})
    page = admin.get(f"{LIST}/{webhook.pk}/calls/{IncomingCall.objects.get().pk}").text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "Email stays empty: “wrong” from lead.email wasn’t accepted." in page


def test_a_call_of_another_webhook_is_not_found(admin, make_webhook, deliver):
    webhook, other = make_webhook(name="One"), make_webhook(name="Two")
    deliver(other, BODY)
    assert admin.get(f"{LIST}/{webhook.pk}/calls/{IncomingCall.objects.get().pk}").status_code == 404


def test_the_log_names_a_lead_only_to_those_who_see_it(sign_in, make_webhook, deliver, bob, ben, grant):
    webhook = make_webhook(mapping=MAPPING, owner=bob)
    deliver(webhook, BODY)
    page = sign_in(grant(ben, "intake.view_incomingwebhook")).get(f"{LIST}/{webhook.pk}")
    assert page.status_code == 200
    assert Lead.objects.get().get_absolute_url() not in page.text


def test_deleting_a_webhook_deletes_its_log_and_keeps_its_leads(admin, make_webhook, deliver):
    webhook = make_webhook(mapping=MAPPING)
    deliver(webhook, BODY)
    admin.post(f"{LIST}/{webhook.pk}/delete")
    assert not IncomingWebhook.objects.exists()
    assert not IncomingCall.objects.exists()
    assert Lead.objects.exists()


# Permissions


@pytest.mark.parametrize("who", ["ann", "bob", "oscar", "sofia", "conrad"])
def test_only_administrators_open_incoming_webhooks_at_first(sign_in, cast, make_webhook, who):
    webhook = make_webhook()
    browser = sign_in(getattr(cast, who))
    for path in (
        "",
        "/new",
        f"/{webhook.pk}",
        f"/{webhook.pk}/edit",
        f"/{webhook.pk}/mapping",
        f"/{webhook.pk}/delete",
    ):
        assert browser.get(f"{LIST}{path}").status_code == 403, path


def test_webhooks_of_other_departments_do_not_exist(sign_in, make_webhook, ann, grant, departments):
    rights = [f"intake.{action}_incomingwebhook" for action in ("view", "add", "change", "delete")]
    browser = sign_in(grant(ann, *rights))
    webhook = make_webhook(department=departments.export)
    for path in ("", "/edit", "/mapping", "/delete", "/calls/1"):
        assert browser.get(f"{LIST}/{webhook.pk}{path}").status_code == 404, path
    assert f"{LIST}/{webhook.pk}" not in browser.get(LIST).text
    page = browser.post(f"{LIST}/new", form_of(departments, department=departments.export.pk))
    assert page.status_code == 422
