"""Templates for notes and emails: who uses and changes which, what is filled in, and that nothing in them can do more."""

import pytest
from django.contrib.auth.models import Permission

from accounts.models import User
from crm.models import Activity, Operation, Template
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.undo.undo_permission import UndoRefused
from crm.records.history.verb_execution import operation
from crm.work.templates.merge_fields import FIELDS, fill_merge_fields
from leads.models import Lead

NEW = "/admin/templates/new"


@pytest.fixture
def make_template(db):
    def make(name: str = "Offer", **values) -> Template:
        with operation("test", by=None):
            return Template.objects.create(**{"name": name, "type": "note", "text": "Hello", **values})

    return make


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Jan Novák", owner=bob, company="ACME", email="jan@example.cz")


def told(answer) -> str:
    return " ".join(answer.content.decode().split())


VALUES = dict.fromkeys(FIELDS, "")


@pytest.mark.parametrize(
    ("text", "values", "wanted"),
    [
        ("Dear {first_name},", {"first_name": "Jan"}, "Dear Jan,"),
        ("Dear {first_name|customer},", {}, "Dear customer,"),
        ("Dear {first_name|customer},", {"first_name": "Jan"}, "Dear Jan,"),
        ("Dear {first_name},", {}, "Dear,"),
        ("{company}", {"company": "*A* [x](javascript:1) <b>"}, r"\*A\* \[x\](javascript:1) \<b\>"),
        ("{company}", {"company": "# One"}, r"\# One"),
        ("{company}", {"company": "1. One"}, r"1\. One"),
        ("{company}", {"company": "Two\nlines"}, "Two lines"),
        ("{{ user.password }} {% now %} {0} {}", {}, "{{ user.password }} {% now %} {0} {}"),
    ],
)
def test_merge_fields_become_values_and_nothing_else_does(text, values, wanted):
    assert fill_merge_fields(text, VALUES | values) == wanted


def test_a_value_stays_as_it_is_in_a_subject():
    assert fill_merge_fields("For {company}", VALUES | {"company": "A*B_C"}, escape=False) == "For A*B_C"


def test_a_user_adds_edits_and_deletes_an_own_template_and_undoes_each(sign_in, bob):
    browser = sign_in(bob)
    sent = {"name": "Offer", "type": "note", "text": "Dear {first_name|customer}", "shared": "on"}
    assert "Saved the template “Offer”." in told(browser.post(NEW, sent, follow=True))
    template = Template.objects.get()
    # He may not share it.
    assert template.owner == bob
    path = f"/admin/templates/{template.pk}"
    browser.post(path, {**sent, "text": "Hi", "version": template.version})
    assert "Deleted the template “Offer”." in told(browser.post(f"{path}/delete", follow=True))
    assert "No templates yet" in told(browser.get("/admin/templates"))
    states = []
    for record in Operation.objects.order_by("-pk")[:3]:
        revert_operation(record, by=bob)
        states.append(Template.objects.values_list("text", "retired").get())
    assert states == [
        ("Hi", False),
        ("Dear {first_name|customer}", False),
        ("Dear {first_name|customer}", True),
    ]


def test_shared_templates_are_for_everyone_and_need_a_permission_to_change(sign_in, ada, bob, make_template):
    browser = sign_in(ada)
    browser.post(NEW, {"name": "For all", "type": "note", "text": "Hi", "shared": "on"})
    shared = Template.objects.get()
    assert shared.owner is None
    added = Operation.objects.latest("pk")
    path = f"/admin/templates/{shared.pk}"
    assert (
        browser.post(path, {"name": "For me", "type": "note", "text": "Hi", "version": 1}).status_code == 302
    )
    browser.post(path, {"name": "For all", "type": "note", "text": "Hi", "version": 2, "shared": "on"})
    browser = sign_in(bob)
    assert "For all" in told(browser.get("/admin/templates"))
    assert browser.get(path).status_code == 403
    assert browser.post(f"{path}/delete").status_code == 403
    with pytest.raises(UndoRefused):
        revert_operation(added, by=bob)


def test_a_colleagues_own_template_is_not_found(sign_in, ann, bob, make_template):
    own = make_template("Secret words", owner=bob)
    browser = sign_in(ann)
    assert "Secret words" not in told(browser.get("/admin/templates"))
    assert browser.get(f"/admin/templates/{own.pk}").status_code == 404


def test_the_page_of_a_change_shows_no_template_of_a_colleague(sign_in, ada, bob):
    sent = {"name": "Secret name", "type": "note", "text": "Secret words"}
    sign_in(bob).post(NEW, sent, follow=True)
    record = Operation.objects.latest("pk")
    page = told(sign_in(ada).get(f"/admin/operations/{record.pk}"))
    assert "Add a template" in page
    assert "Secret" not in page


def test_without_the_permission_a_user_can_not_undo_a_change_of_a_shared_template(sign_in, ada, bob):
    bob.groups.get().permissions.add(Permission.objects.get(codename="change_template"))
    browser = sign_in(bob)
    browser.post(NEW, {"name": "For all", "type": "note", "text": "Hi", "shared": "on"})
    bob.groups.get().permissions.remove(Permission.objects.get(codename="change_template"))
    with pytest.raises(UndoRefused, match="permissions"):
        revert_operation(Operation.objects.latest("pk"), by=User.objects.with_rights().get(pk=bob.pk))


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "TAKEN"}, "This name is already in use."),
        ({"type": "song"}, "Select a valid choice"),
        ({"text": ""}, "This field is required."),
        ({"text": "Dear {password}"}, "There is no merge field {password}."),
        ({"subject": "{secret|x}"}, "There is no merge field {secret}."),
        ({"subject": "One\nTwo"}, "Remove the line breaks."),
        ({"text": "x" * 20_001}, "20000"),
    ],
)
def test_a_wrong_template_gets_a_sentence_and_is_not_saved(sign_in, bob, make_template, values, sentence):
    make_template("Taken", owner=bob)
    answer = sign_in(bob).post(NEW, {"name": "New", "type": "email", "text": "Hi", **values})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert Template.objects.count() == 1


def test_a_note_starts_with_a_template_and_keeps_what_was_typed(sign_in, bob, lead, make_template):
    template = make_template(text="Called {name} of {company}", owner=bob)
    make_template("By email", type="email")
    browser = sign_in(bob)
    page = told(browser.get(f"/admin/leads/{lead.pk}"))
    assert f'<option value="{template.pk}">Offer</option>' in page
    assert "By email" not in page
    sent = {"type": "note", "text": "First", "template": template.pk, "insert": "1"}
    answer = browser.post(f"/admin/leads/{lead.pk}/activities", sent)
    assert answer.status_code == 200
    assert answer.context["composer"]["text"].value() == "First\n\nCalled Jan Novák of ACME"
    assert not Activity.objects.exists()


def test_an_email_starts_with_a_template_above_the_signature(sign_in, bob, lead, make_template):
    User.objects.filter(pk=bob.pk).update(signature="Bob")
    template = make_template(type="email", subject="For {company}", text="Dear {first_name},")
    browser = sign_in(bob)
    sent = {"to": "email", "subject": "", "text": "\r\n\r\nBob", "draft": "a" * 64}
    sent |= {"template": template.pk, "insert": "1"}
    form = browser.post(f"/admin/leads/{lead.pk}/email", sent).context["form"]
    assert form["subject"].value() == "For ACME"
    assert form["text"].value() == "Dear Jan,\n\nBob"
    assert form["draft"].value() == "a" * 64
    assert not Activity.objects.exists()


def test_with_javascript_only_the_form_is_redrawn(sign_in, bob, lead, make_template):
    template = make_template(owner=bob)
    headers = {"HX-Request": "true", "HX-Target": "composer"}
    sent = {"type": "note", "text": "", "template": template.pk, "insert": "1"}
    answer = sign_in(bob).post(f"/admin/leads/{lead.pk}/activities", sent, headers=headers)
    assert told(answer).startswith("<form")
    assert ">Hello</textarea>" in told(answer)


def test_a_colleagues_own_template_can_not_be_inserted(sign_in, bob, ann, lead, make_template):
    secret = make_template(text="Secret words", owner=ann)
    sent = {"type": "note", "text": "Mine", "template": secret.pk, "insert": "1"}
    answer = sign_in(bob).post(f"/admin/leads/{lead.pk}/activities", sent)
    assert answer.context["composer"]["text"].value() == "Mine"


def test_a_template_for_a_lead_without_names_uses_its_fallback(sign_in, bob, make_lead, make_template):
    lead = make_lead("", company="ACME", owner=bob)
    template = make_template(text="Dear {first_name|friend}, {owner}, {me}")
    sent = {"type": "note", "text": "", "template": template.pk, "insert": "1"}
    answer = sign_in(bob).post(f"/admin/leads/{lead.pk}/activities", sent)
    assert answer.context["composer"]["text"].value() == "Dear friend, Bob, Bob"
    assert Lead.objects.get().owner == bob
