"""Built-in fields of companies: renamed, required and moved like those of leads."""

from django.utils import translation

from crm.models import BuiltInField
from crm.records.history.verb_execution import operation
from crm.records.kinds.kind_registry import KINDS
from customers.companies.kind import COMPANY

FIELDS = "/admin/companies/fields"


def test_the_name_of_a_company_is_renamed_in_lists_forms_and_files(ada, sign_in):
    browser = sign_in(ada)
    sent = {"label": "School", "label_ro": "Școală", "version": "0", "section": "what"}
    assert browser.post(f"{FIELDS}/built-in/name", sent).status_code == 302
    for address in ("/admin/companies", "/admin/companies/new", "/admin/companies/columns", FIELDS):
        assert "School" in browser.get(address).text, address
    assert COMPANY.get_file_heading("name") == "School"
    with translation.override("ro"):
        assert COMPANY.get_heading("name") == "Școală"
    assert KINDS["lead"].get_heading("company") == "Company"


def test_a_required_domain_is_asked_of_new_companies_and_not_cleared_in_place(ada, make_company, sign_in):
    with operation("test", by=None):
        BuiltInField.objects.create(table_of="company", name="domain", required=True)
    company = make_company("Acme", domain="acme.example")
    browser = sign_in(ada)
    answer = browser.post("/admin/companies/new", {"name": "Steel", "department": company.department_id})
    assert answer.context["form"].errors.keys() == {"domain"}
    answer = browser.post(f"/admin/companies/{company.pk}/inline/domain", {"domain": ""})
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"domain"}


def test_a_field_of_a_company_moves_to_another_section(ada, sign_in):
    browser = sign_in(ada)
    browser.post(f"{FIELDS}/order", {"up": "address"})
    cards = {
        name: [one.name for one in fields]
        for name, _t, fields in browser.get("/admin/companies/new").context["cards"]
    }
    assert cards["what"][-2:] == ["description", "address"]
    assert cards["where"] == ["zip", "city", "state", "country"]
