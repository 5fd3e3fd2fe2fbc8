"""Matching existing leads by a field that the user chooses, and choosing mappings by name."""

import pytest

from crm.models import Import, ImportMapping
from leads.models import Lead
from tests.crm.transfer.imports.importing import (
    answer_plan,
    apply,
    choose,
    filled_in,
    page,
    shown,
    upload,
    verdicts,
)

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


def planned(browser, rows, **columns) -> Import:
    return choose(browser, upload(browser, rows), "columns", match="id_field", **columns)


@pytest.mark.parametrize(
    ("key", "lead", "head", "cell"),
    [
        ("company", {"company": "ガス株式会社"}, "Company", "ガス株式会社"),
        ("company", {"company": "ΠΑΠΑΔΟΠΟΥΛΟΣ"}, "Company", "ΠΑΠΑΔΟΠΟΥΛΟΣ"),
        ("company", {"company": "शक्ति"}, "Company", "शक्ति"),
        ("company", {"company": "Țiriac & Fiii SRL"}, "Company", "TIRIAC & fiii srl"),
        ("name", {"name": "Ana Țepeș"}, "Full name", "ana tepes"),
        ("second_email", {"second_email": "Second@Example.com"}, "Email 2", "second@example.com"),
        ("mobile", {"mobile": "+40 722 123 456", "mobile_normal": "+40722123456"}, "Mobile", "0722-123-456"),
        ("website", {"website": "https://example.com/a"}, "Website", "https://example.com/a"),
        ("address", {"address": "Str. Lungă 5"}, "Address", "str. lunga 5"),
    ],
)
def test_a_lead_is_matched_by_the_chosen_field(sign_in, ann, make_lead, key, lead, head, cell):
    known = make_lead(**{"name": "Jan Novák", **lead})
    browser = sign_in(ann)
    imported = planned(browser, [[head, "City"], [cell, "Cluj"], [f"{cell} 77", "Cluj"]], key=key)
    # A second one is similar or invalid, but never the same lead.
    assert [row.record for row in imported.plan.order_by("row")] == [known.pk, None]
    assert imported.plan.get(row=2).match == "field"
    apply(browser, answer_plan(browser, imported, all_duplicates="fill"))
    known.refresh_from_db()
    assert known.city == "Cluj"


def test_a_value_shared_by_several_leads_matches_none_of_them(sign_in, ann, make_lead):
    make_lead("Jan Novák", company="Acme")
    make_lead("Eva Malá", company="ACME")
    imported = planned(sign_in(ann), [["Company", "City"], ["Acme", "Cluj"]], key="company")
    assert verdicts(imported) == {"error": 1}
    ((place, sentence),) = imported.plan.get().errors
    assert (place, sentence[:19]) == (0, "2 of your records h")


def test_invisible_leads_are_never_matched_by_a_chosen_field(sign_in, ann, departments, make_lead):
    make_lead("Jan Novák", company="Acme", department=departments.export)
    make_lead("Eva Malá", company="Acme", department=departments.export)
    imported = planned(sign_in(ann), [["Company", "City"], ["Acme", "Cluj"]], key="company")
    assert verdicts(imported) == {"new": 1}


def test_rows_of_the_file_repeat_each_other_by_the_chosen_field(sign_in, ann):
    imported = planned(sign_in(ann), [["Company"], ["Acme"], ["Other"], ["ACME"]], key="company")
    assert verdicts(imported) == {"new": 2, "duplicate": 1}
    assert imported.plan.get(row=4).version == 2


def test_a_lead_added_after_the_plan_is_matched_by_the_chosen_field_too(sign_in, ann, make_lead):
    browser = sign_in(ann)
    imported = planned(browser, [["Company", "Mobile"], ["Acme", "0722 123 456"]], key="company")
    make_lead("Jan Novák", company="acme")
    imported = apply(browser, imported)
    assert (imported.counts["added"], imported.counts["refused"]) == (0, {"known_since_plan": 1})


def test_a_field_without_a_column_cannot_be_used_for_matching(sign_in, ann):
    browser = sign_in(ann)
    imported = upload(browser, [["Last name"], ["Pop"]])
    form = filled_in(shown(browser, imported, "columns").context["form"])
    answer = browser.post(page(imported, "columns"), form | {"match": "id_field", "key": "company"})
    assert answer.status_code == 422
    assert "No column is mapped to this field." in answer.text


def test_a_mapping_can_be_chosen_by_name_for_a_file_with_other_headers(sign_in, ann):
    browser = sign_in(ann)
    fair = upload(browser, [["Wer", "Woher", "E-Mail"], ["Pop", "Cluj", "a@example.com"]])
    chosen = {"column_0": "last_name", "column_1": "city", "column_2": "second_email", "name": "Fair"}
    choose(browser, fair, "columns", **chosen, silent="on")
    assert ImportMapping.objects.get().name == "Fair"

    other = upload(browser, [["Woher", "Firma", "WER"], ["Cluj", "Acme", "Pop"]])
    text = shown(browser, other, "columns").text
    assert "Fair, " in text
    mapping = ImportMapping.objects.get()
    answer = browser.get(page(other, "columns"), {"mapping": mapping.pk})
    form = answer.context["form"]
    assert [form[f"column_{place}"].value() for place in range(3)] == ["city", "company", "last_name"]
    assert (form["silent"].value(), form["name"].value()) == (True, "Fair")
    assert "The mapping “Fair” was applied." in answer.text
    answer = browser.post(f"{page(other, 'columns')}?mapping={mapping.pk}", filled_in(form))
    assert answer.status_code == 302
    # There is one mapping with this name, as last used.
    assert ImportMapping.objects.get().headings == ["Woher", "Firma", "WER"]


def test_two_mappings_of_the_same_headers_are_distinguished_by_their_names(sign_in, ann):
    browser = sign_in(ann)
    for name, field in (("One", "city"), ("Two", "state")):
        imported = upload(browser, [["Name", "Where"], ["Ana Pop", "Cluj"]])
        choose(browser, imported, "columns", column_1=field, name=name)
    assert ImportMapping.objects.count() == 2
    imported = upload(browser, [["Name", "Where"], ["Ion Rău", "Arad"]])
    # The last one used is applied automatically.
    assert imported.mapping == ["name", "state"]
    one = ImportMapping.objects.get(name="One")
    form = browser.get(page(imported, "columns"), {"mapping": one.pk}).context["form"]
    assert form["column_1"].value() == "city"


@pytest.mark.parametrize("number", ["", "x", "999999", "9" * 30])
def test_another_users_mapping_or_an_unknown_one_changes_nothing(sign_in, ann, ada, number):
    theirs = sign_in(ada)
    choose(
        theirs,
        upload(theirs, [["Name", "Where"], ["Ana Pop", "Cluj"]]),
        "columns",
        column_1="city",
        name="Theirs",
    )
    foreign = ImportMapping.objects.get()
    browser = sign_in(ann)
    imported = upload(browser, [["Name", "Where"], ["Ion Rău", "Arad"]])
    for asked in (number, foreign.pk):
        answer = browser.get(page(imported, "columns"), {"mapping": asked})
        assert answer.context["form"]["column_1"].value() == ""
        assert "Theirs" not in answer.text
    assert not Lead.objects.exists()
