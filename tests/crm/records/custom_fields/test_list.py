"""The list of all fields in Settings: by section, in an order that administrators choose, with what uses each field."""

from crm.models import BuiltInField, Operation, SavedView
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from leads.models import Lead, Status
from leads.verbs import Edit
from tests.crm.records.custom_fields.test_built_in import FIELDS, edit

# Sections and order


def test_fields_move_within_a_section_and_into_the_next_one(ada, make_field, make_lead, sign_in):
    course = make_field("Course", section="where")
    browser = sign_in(ada)
    lead = make_lead(owner=ada)
    carry_out(Edit({"city": "Cluj", "address": "Main street"}), Lead.objects.filter(pk=lead.pk), by=ada)

    def where() -> list[str]:
        cards = browser.get(f"/admin/leads/{lead.pk}/edit").context["cards"]
        return [bound.name for name, _title, fields in cards if name == "where" for bound in fields]

    assert where() == ["address", "zip", "city", "state", "country", "language", course.name]
    for _step in range(2):
        assert browser.post(f"{FIELDS}/order", {"up": course.name}).status_code == 302
    assert where() == ["address", "zip", "city", "state", course.name, "country", "language"]
    browser.post(f"{FIELDS}/order", {"up": "city"})
    browser.post(f"{FIELDS}/order", {"up": "city"})
    assert where()[:3] == ["city", "address", "zip"]
    facts = [fact.name for fact in browser.get(f"/admin/leads/{lead.pk}").context["facts"]]
    assert facts.index("city") < facts.index("address")
    browser.post(f"{FIELDS}/order", {"up": "city"})
    assert "city" not in where()
    revert_operation(Operation.objects.latest("pk"), by=ada)
    assert where()[0] == "city"
    browser.post(f"{FIELDS}/order", {"down": "language"})
    assert where()[-1] == "language" or "language" not in where()


def test_moving_up_and_down_again_leaves_a_field_as_delivered(ada, sign_in):
    browser = sign_in(ada)
    browser.post(f"{FIELDS}/order", {"up": "zip"})
    assert BuiltInField.objects.count() == 2
    browser.post(f"{FIELDS}/order", {"down": "zip"})
    assert not BuiltInField.objects.exists()


def test_a_section_is_chosen_in_the_form_of_the_field(ada, make_field, sign_in):
    make_field("Course")
    browser = sign_in(ada)
    edit(browser, "city", section="custom")
    page = browser.get(FIELDS).context["sections"]
    assert [one.name for one in page[3][0].fields][-1] == "city"
    edit(browser, "city", section="where")
    assert not BuiltInField.objects.exists()


# The list


def test_the_list_says_how_full_each_field_is_and_what_uses_it(ada, make_lead, sign_in):
    make_lead(owner=ada, city="Cluj")
    make_lead("Ben Pop", owner=ada)
    SavedView.objects.create(owner=ada, table="lead", name="Own", query="city.contains=a")
    with operation("test", by=None):
        Status.objects.filter(key="qualified").update(required_fields=["city"])
    page = sign_in(ada).get(FIELDS)
    rows = {one.name: one for section, _table in page.context["sections"] for one in section.fields}
    assert (rows["city"].filled, rows["status"].filled, rows["vip"].filled) == (1, 2, None)
    assert rows["city"].used_by == ["1 saved view", "1 status"]
    assert "built-in" in page.text


def test_the_list_is_searched_by_label(ada, make_field, change, sign_in):
    make_field("Course")
    change("city", label="Town")
    browser = sign_in(ada)
    found = {
        words: [
            one.name
            for section, _t in browser.get(f"{FIELDS}?q={words}").context["sections"]
            for one in section.fields
        ]
        for words in ("town", "cours", "zzz")
    }
    assert found["town"] == ["city"]
    assert len(found["cours"]) == 1
    assert found["zzz"] == []
    assert "No matches" in browser.get(f"{FIELDS}?q=zzz").text
