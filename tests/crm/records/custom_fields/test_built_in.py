"""Built-in fields in Settings: their labels, help texts and rules, in every place that shows or checks a field."""

import pytest
from django.core.management import call_command
from django.utils import translation

from crm.fields.custom.definitions.built_in_fields import get_field_change
from crm.models import BuiltInField, CustomField, Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from crm.records.kinds.kind_registry import KINDS
from leads.models import Lead
from leads.verbs import Edit

FIELDS = "/admin/leads/fields"


def edit(browser, name: str, **values):
    """The form as a browser sends it, with these values."""
    address = f"{FIELDS}/built-in/{name}"
    form = browser.get(address).context["form"]
    sent = {bound.html_name: bound.value() for bound in form if bound.value() not in (None, False)}
    return browser.post(address, sent | values)


def test_an_administrator_renames_a_field_and_can_undo_it(ada, sign_in):
    browser = sign_in(ada)
    assert edit(browser, "company", label="School", label_ro="Școală").status_code == 302
    assert KINDS["lead"].get_heading("company") == "School"
    with translation.override("ro"):
        assert KINDS["lead"].get_heading("company") == "Școală"
    record = Operation.objects.latest("pk")
    page = browser.get(f"/admin/operations/{record.pk}").text
    assert "Edit field School" in page
    revert_operation(record, by=ada)
    assert KINDS["lead"].get_heading("company") == "Company"
    assert not BuiltInField.objects.exists()


def test_only_what_differs_is_stored_and_reset_removes_it(ada, sign_in):
    browser = sign_in(ada)
    edit(browser, "company", label="Company")
    assert not BuiltInField.objects.exists()
    edit(browser, "company", label="School")
    assert browser.post(f"{FIELDS}/built-in/company/reset").status_code == 302
    assert not BuiltInField.objects.exists()
    assert KINDS["lead"].get_heading("company") == "Company"
    revert_operation(Operation.objects.latest("pk"), by=ada)
    assert KINDS["lead"].get_heading("company") == "School"


def test_the_label_is_shown_wherever_a_field_is(ada, make_lead, change, sign_in):
    lead = make_lead(owner=ada)
    edited = carry_out(Edit({"city": "Cluj"}), Lead.objects.filter(pk=lead.pk), by=ada).operation
    change("city", label="Town of study", label_ro="Orașul studiilor")
    browser = sign_in(ada)
    browser.post("/admin/leads/columns", {"column": ["email", "city"]})
    places = {
        "list": "/admin/leads?all=1",
        "columns": "/admin/leads/columns",
        "form": f"/admin/leads/{lead.pk}/edit",
        "page": f"/admin/leads/{lead.pk}",
        "filter": "/admin/leads/filter/add",
        "condition": "/admin/leads/filter/city",
        "chip": "/admin/leads?all=1&city.contains=cl",
        "status form": "/admin/leads/statuses/new",
        "change": f"/admin/operations/{edited.pk}",
        "settings": FIELDS,
    }
    without = {name for name, address in places.items() if "own of study" not in browser.get(address).text}
    assert without == set()
    assert "changed town of study" in browser.get(f"/admin/leads/{lead.pk}").text.lower()
    ada.language = "ro"
    ada.save()
    without = {name for name, address in places.items() if "rașul studiilor" not in browser.get(address).text}
    assert without == set()


@pytest.mark.parametrize(
    ("name", "query"),
    [("status", "status=1"), ("next_action", "next_action=overdue"), ("created_at", "created=today")],
)
def test_filters_with_words_of_their_own_follow_the_label(name, query, ada, change, sign_in):
    change(name, label="Zephyr")
    page = sign_in(ada).get(f"/admin/leads?all=1&{query}").text
    assert "Zephyr" in page


def test_a_label_changes_nothing_in_migrations_or_in_the_public_schema(change):
    from crm.api.views.api_docs import get_schema

    change("city", label="Town of study", help="As in the passport")
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
    assert "Town of study" not in str(get_schema())


def test_labels_take_no_query_more_on_a_page(ada, make_lead, change, sign_in, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    lead = make_lead(owner=ada)
    browser = sign_in(ada)
    for address in ("/admin/leads?all=1", f"/admin/leads/{lead.pk}", f"/admin/leads/{lead.pk}/edit"):
        with operation("test", by=None):
            BuiltInField.objects.all().delete()
        browser.get(address)
        browser.get(address)
        with CaptureQueriesContext(connection) as captured:
            browser.get(address)
        before = len(captured)
        for name in ("city", "email", "status"):
            change(name, label=f"My {name}", required=name == "email")
        browser.get(address)
        with django_assert_num_queries(before):
            assert "My status" in (page := browser.get(address).text) or "My email" in page


def test_a_form_with_errors_reads_the_labels_once(ada, make_lead, change, sign_in):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    change("city", label="Town")
    lead = make_lead(owner=ada)
    browser = sign_in(ada)
    with CaptureQueriesContext(connection) as queries:
        answer = browser.post(f"/admin/leads/{lead.pk}/edit", {"email": "wrong"})
    assert answer.status_code == 422
    # Custom fields ask for their own state a few times; thirty labels ask for nothing.
    assert sum("crm_builtinfield" in query["sql"] for query in queries) <= 10


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"label": "Company"}, "label"),
        ({"label": "COMPANY"}, "label"),
        ({"label": "Companie"}, "label"),
        ({"label_ro": "company"}, "label_ro"),
        ({"label": "Course"}, "label"),
        ({"label": "Curs"}, "label"),
        ({"label": "Name"}, "label"),
    ],
)
def test_a_label_of_another_field_is_refused_in_either_language(values, field, ada, make_field, sign_in):
    make_field("Course", name_ro="Curs")
    answer = edit(sign_in(ada), "city", **values)
    assert answer.status_code == 422
    assert "already has this label" in answer.context["form"].errors[field][0]
    assert not BuiltInField.objects.exists()


def test_a_custom_field_cannot_have_the_label_of_a_renamed_field(ada, change, sign_in):
    change("company", label="School", label_ro="Școală")
    for name in ("School", "scoala", "Company"):
        answer = sign_in(ada).post(f"{FIELDS}/new", {"name": name, "type": "text", "decimals": "0"})
        assert answer.context["form"].errors["name"] == ["A built-in field already has this label."]
    assert not CustomField.objects.exists()


def test_two_administrators_who_change_a_field_at_once_notice_each_other(ada, sign_in):
    first = sign_in(ada)
    address = f"{FIELDS}/built-in/city"
    assert first.post(address, {"label": "Town", "section": "where", "version": "0"}).status_code == 302
    answer = first.post(address, {"label": "Place", "section": "where", "version": "0"})
    assert answer.status_code == 409
    assert "Ada changed this field" in answer.text
    assert KINDS["lead"].get_label("city") == "Town"
    # A second change, and a reset in the meantime.
    assert first.post(address, {"label": "Place", "section": "where", "version": "1"}).status_code == 302
    answer = first.post(address, {"label": "Spot", "section": "where", "version": "1"})
    assert answer.status_code == 409
    assert "label" in answer.text
    first.post(f"{address}/reset")
    answer = first.post(address, {"label": "Spot", "section": "where", "version": "2"})
    assert answer.status_code == 409
    assert "reset this field" in answer.text
    assert get_field_change("lead", "city") is None


def test_fields_that_are_not_listed_have_no_page(ada, sign_in):
    browser = sign_in(ada)
    for name in ("name_key", "version", "newsletter", "nothing"):
        assert browser.get(f"{FIELDS}/built-in/{name}").status_code == 404


# Required and help


def test_a_required_field_is_asked_of_new_leads_and_kept_in_those_that_have_it(
    ada, make_lead, change, sign_in
):
    change("city", required=True, help="Where they study")
    without, filled = make_lead(owner=ada), make_lead("Ben Pop", owner=ada)
    carry_out(Edit({"city": "Cluj"}), Lead.objects.filter(pk=filled.pk), by=ada)
    browser = sign_in(ada)
    page = browser.get("/admin/leads/new")
    assert "Where they study" in page.text
    assert "city" in [bound.name for bound in page.context["quick"]]
    form = page.context["form"]
    sent = {
        one.html_name: getattr(v, "pk", v) for one in form if (v := one.value()) not in (None, False, [], "")
    }
    answer = browser.post("/admin/leads/new", sent | {"last_name": "Dan"})
    assert answer.context["form"].errors.keys() == {"city"}
    assert saved(browser, without, company="Steel").status_code == 302
    assert saved(browser, filled, city="").status_code == 422


def saved(browser, lead, **values):
    address = f"/admin/leads/{lead.pk}/edit"
    page = browser.get(address)
    form, sent = page.context["form"], {"version": page.context["version"]}
    sent |= {
        one.html_name: getattr(v, "pk", v) for one in form if (v := one.value()) not in (None, False, [], "")
    }
    return browser.post(address, sent | values)


def test_a_required_field_is_not_cleared_in_bulk(ada, make_lead, change):
    change("city", required=True)
    filled, without = make_lead(owner=ada), make_lead("Ben Pop", owner=ada)
    carry_out(Edit({"city": "Cluj"}), Lead.objects.filter(pk=filled.pk), by=ada)
    outcome = carry_out(Edit({"city": ""}), Lead.objects.filter(pk__in=[filled.pk, without.pk]), by=ada)
    assert outcome.refused == {"needs:city": [filled.pk]}
    assert outcome.unchanged == [without.pk]


def test_a_required_next_action_is_not_cleared_in_place(ada, make_lead, change, sign_in):
    change("next_action", required=True)
    lead = make_lead(owner=ada)
    carry_out(Edit({"next_action": "Call"}), Lead.objects.filter(pk=lead.pk), by=ada)
    answer = sign_in(ada).post(f"/admin/leads/{lead.pk}/inline/next_action", {"text": "", "day": ""})
    assert answer.status_code == 422
    assert "Next action is required." in answer.text


@pytest.mark.parametrize("name", ["status", "source", "vip", "lost_reason"])
def test_a_field_that_cannot_be_required_says_so(name, ada, sign_in):
    browser = sign_in(ada)
    field = browser.get(f"{FIELDS}/built-in/{name}").context["form"].fields["required"]
    assert field.disabled
    assert field.help_text
    edit(browser, name, required="on")
    assert not BuiltInField.objects.exists()
