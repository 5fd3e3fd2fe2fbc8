"""The page that changes the type of a custom field: proposal, preview, refusal, and what it names."""

import pytest

from crm.models import CustomField, Job, Operation, SavedView
from crm.platform import jobs
from crm.records.custom_fields.retype import jobs as retype_jobs
from crm.records.history.verb_execution import carry_out, operation
from leads.models import Lead, LeadValues
from leads.verbs import Edit

FIELDS = "/admin/leads/fields"


def edit(lead, by, **changes):
    return carry_out(Edit(changes), Lead.objects.filter(pk=lead.pk), by=by)


@pytest.fixture
def weights(ada, make_lead, make_field):
    """weights("12,5 t", …) is a text field, and a lead with each of these values."""

    def made(*values, owner=None):
        field = make_field("Weight")
        for place, held in enumerate(values):
            edit(make_lead(f"Lead {place}", owner=owner or ada), ada, **{field.name: held})
        return field

    return made


def address(field) -> str:
    return f"{FIELDS}/{field.definition.pk}/type"


def answers(page) -> dict:
    return page.context["form"].get_answers()


def test_the_options_are_proposed_from_the_values_and_all_values_fit(ada, weights, sign_in):
    field, browser = weights("12,5 t", "1.250 t", "7 t"), sign_in(ada)
    assert "Change type" in browser.get(f"{FIELDS}/{field.definition.pk}").text
    page = browser.get(address(field), {"type": "number"})
    assert answers(page) | {"version": "", "asked": ""} == {
        "type": "number", "unit": "t", "decimal": ",", "decimals": "1", "version": "", "asked": "",
    }  # fmt: skip
    assert "All 3 values fit the new type." in page.text
    assert "“12,5 t”" in page.text
    assert browser.post(address(field), answers(page)).status_code == 302
    assert CustomField.objects.get().type == "number"
    assert sorted(row.values[field.name] for row in LeadValues.objects.all()) == ["12.5", "1250", "7"]
    record = Operation.objects.latest("pk")
    assert "Change the type of custom field Weight" in browser.get(f"/admin/operations/{record.pk}").text


def test_values_that_do_not_fit_are_listed_with_their_records_and_the_change_is_refused(
    ada, weights, sign_in
):
    field, browser = weights("12", "many", "many"), sign_in(ada)
    page = browser.get(address(field), {"type": "number"})
    assert "2 of 3 values don’t fit the new type." in page.text
    assert "This isn’t a number." in page.text
    assert "Lead 1" in page.text
    assert "Lead 2" in page.text
    assert "Lead 0" in page.text  # an example of those that fit
    assert '<button class="button" data-kind="primary">Change type' not in page.text
    refused = browser.post(address(field), answers(page))
    assert refused.status_code == 409
    assert "The values of 2 records don’t fit the new type. Nothing was changed." in refused.text
    assert CustomField.objects.get().type == "text"


def test_a_value_written_between_preview_and_change_is_refused_with_its_number(
    ada, weights, make_lead, sign_in
):
    field, browser = weights("12"), sign_in(ada)
    page = browser.get(address(field), {"type": "number"})
    edit(make_lead("Late Lead", owner=ada), ada, **{field.name: "lots"})
    refused = browser.post(address(field), answers(page))
    assert refused.status_code == 409
    assert "The value of 1 record doesn’t fit the new type." in refused.text
    assert "Late Lead" in refused.text


def test_a_field_changed_by_another_administrator_since_the_preview_is_refused(ada, weights, sign_in):
    field, browser = weights("12"), sign_in(ada)
    page = browser.get(address(field), {"type": "number"})
    browser.post(f"{FIELDS}/{field.definition.pk}", {"name": "Mass", "decimals": "0"})
    refused = browser.post(address(field), answers(page))
    assert refused.status_code == 409
    assert "The field was changed in the meantime." in refused.text
    assert CustomField.objects.get().type == "text"


def test_a_field_deleted_since_the_preview_is_gone(ada, weights, sign_in):
    field, browser = weights("12"), sign_in(ada)
    page = browser.get(address(field), {"type": "number"})
    browser.post(f"{FIELDS}/{field.definition.pk}/delete")
    assert browser.post(address(field), answers(page)).status_code == 404


def test_records_and_values_that_an_administrator_cannot_see_are_counted_but_not_named(
    ada, dan, someone_with, departments, make_lead, make_field, sign_in
):
    field = make_field("Weight")
    for name, department, held in (
        ("Own", departments.sales, "much"),
        ("Foreign", departments.export, "secret"),
    ):
        edit(make_lead(f"{name} Lead", department=department), ada, **{field.name: held})
    eve = someone_with("change_customfield", "view_customfield", "view_lead")
    page = sign_in(eve).get(address(field), {"type": "number"})
    assert "2 of 2 values don’t fit the new type." in page.text
    assert "Foreign" not in page.text
    assert "secret" not in page.text


def test_saved_views_whose_filter_stops_working_are_named_before_the_change(ada, bob, weights, sign_in):
    field = weights("12")
    key = field.name
    for owner, name, query in [
        (ada, "Heavy ones", f"{key}.contains=1"),
        (ada, "Either", f"any.{key}.starts=1&any.status=1"),
        (ada, "Still fine", f"{key}.is=12"),
        (ada, "Filled", f"{key}.filled=yes&sort=-{key}"),
        (bob, "Private", f"{key}.contains=1"),
    ]:
        SavedView.objects.create(owner=owner, table="lead", name=name, query=query)
    page = sign_in(ada).get(address(field), {"type": "number"})
    assert [view.name for view in page.context["views"]] == ["Heavy ones", "Either"]
    assert page.context["other_views"] == 1
    assert "Private" not in page.text


def test_a_default_that_does_not_fit_is_named_and_removed(ada, weights, sign_in):
    field, browser = weights("12"), sign_in(ada)
    with operation("test", by=None):
        CustomField.objects.update(first_value="many")
    page = browser.get(address(field), {"type": "number"})
    assert "The default “many” doesn’t fit the new type and is removed." in page.text
    browser.post(address(field), answers(page))
    assert CustomField.objects.get().first_value == ""


@pytest.mark.django_db(transaction=True, databases=["default", "progress"])
def test_many_values_are_checked_and_changed_by_jobs(ada, weights, sign_in, monkeypatch):
    from crm.records.custom_fields.views import type_change

    for module in (retype_jobs, type_change):
        monkeypatch.setattr(module, "LARGE", 2)
    field, browser = weights("1,5", "2,5", "3,5"), sign_in(ada)
    page = browser.get(address(field), {"type": "number"})
    assert "3 records have a value. Check them before you change the type." in page.text
    started = browser.post(address(field), answers(page) | {"check": "1"})
    job = Job.objects.get()
    assert started.url.endswith(f"/jobs/{job.pk}")
    jobs.run_job(job_id=job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.FINISHED
    assert f"checked={job.pk}" in browser.get(f"/admin/jobs/{job.pk}").text
    page = browser.get(f"{address(field)}?checked={job.pk}")
    assert "All 3 values fit the new type." in page.text
    browser.post(address(field), answers(page))
    job = Job.objects.latest("pk")
    jobs.run_job(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.problem) == (Job.State.FINISHED, "")
    assert job.operation.kind == "retype_custom_field"
    assert CustomField.objects.get().type == "number"
