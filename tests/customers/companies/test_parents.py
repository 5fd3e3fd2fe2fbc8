"""Parent companies: shown both ways, and never a cycle, whoever sets them and however."""

import pytest
from django.db import IntegrityError

from crm.models import Operation
from crm.records.history.undo.field_reversal import preview_undo, revert_operation
from crm.records.history.undo.undo_permission import get_tracked_models
from crm.records.history.verb_execution import carry_out, operation
from crm.records.history.verbs import Delete, Purge
from customers.companies import parent_companies
from customers.companies.kind import COMPANY
from customers.models import Company
from tests.api.conftest import Program, make_token
from tests.crm.scaling.months.searched import long_before
from tests.crossing import crossed

LIST = "/admin/companies"
SENTENCE = "A company can’t be its own parent, directly or through other companies."


@pytest.fixture
def chain(make_company):
    """Alba belongs to Boreal, which belongs to Carpat."""
    carpat = make_company("Carpat")
    boreal = make_company("Boreal", parent=carpat)
    return make_company("Alba", parent=boreal), boreal, carpat


def rows(*companies: Company):
    return Company.objects.filter(pk__in=[company.pk for company in companies])


def set_parent(company: Company, parent: Company | None, by):
    return carry_out(COMPANY.edit({"parent": parent}), rows(company), by=by)


def parent_of(company: Company) -> int | None:
    return Company.objects.get(pk=company.pk).parent_id


def test_the_page_shows_the_parent_and_the_subsidiaries(chain, ann, sign_in):
    alba, boreal, carpat = chain
    page = sign_in(ann).get(f"{LIST}/{boreal.pk}").text
    assert f'href="/admin/companies/{carpat.pk}"' in page
    assert f'href="/admin/companies/{alba.pk}"' in page
    assert "Subsidiaries" in page
    assert f'href="/admin/companies/new?parent={boreal.pk}"' in page


def test_what_is_typed_into_the_parent_is_suggested(chain, ann, sign_in):
    browser = sign_in(ann)
    form = browser.get(f"{LIST}/new").text
    assert 'hx-get="/admin/companies/named?field=parent"' in form
    headers = {"HX-Request": "true", "HX-Target": "id_parent_found"}
    found = browser.get(f"{LIST}/named?field=parent&parent=carp", headers=headers).text
    assert f'value="Carpat (#{chain[2].pk})"' in found
    assert "<html" not in found


def test_a_form_with_a_cycle_says_so_at_the_field_and_keeps_what_was_typed(chain, ann, departments, sign_in):
    alba, _boreal, carpat = chain
    values = {"name": "Carpat Group", "parent": f"Alba (#{alba.pk})", "department": departments.sales.pk}
    answer = sign_in(ann).post(f"{LIST}/{carpat.pk}/edit", values | {"version": carpat.version})
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"parent": [SENTENCE]}
    assert "Carpat Group" in answer.text
    carpat.refresh_from_db()
    assert (carpat.name, carpat.parent) == ("Carpat", None)


def test_a_company_is_not_its_own_parent(chain, ada):
    outcome = set_parent(chain[0], chain[0], ada)
    assert outcome.refused == {"parent_cycle:parent": [chain[0].pk]}


def test_of_many_companies_only_those_above_the_new_parent_are_refused(chain, make_company, ada):
    alba, boreal, carpat = chain
    other = make_company("Delta")
    outcome = carry_out(COMPANY.edit({"parent": alba}), rows(boreal, carpat, other), by=ada)
    assert outcome.refused == {"parent_cycle:parent": sorted([boreal.pk, carpat.pk])}
    assert outcome.changed == [other.pk]


def test_a_cycle_through_a_company_in_trash_is_one_too(chain, ada):
    alba, boreal, carpat = chain
    carry_out(Delete(), rows(boreal), by=ada)
    assert set_parent(carpat, alba, ada).refused


def test_programs_get_the_sentence_with_the_field(chain, ada):
    alba, _boreal, carpat = chain
    program = Program(make_token(ada), "Authorization", "Bearer ")
    answer = program.call("PATCH", f"/api/v2/companies/{carpat.pk}", {"parent": alba.pk}, expect=None)
    assert SENTENCE in str(answer)
    assert parent_of(carpat) is None
    program.call("PATCH", f"/api/v2/companies/{alba.pk}", {"parent": carpat.pk}, expect=200)
    assert program.get(f"/api/v2/companies/{alba.pk}")["parent"] == carpat.pk


def test_an_undo_does_not_make_a_cycle(chain, ada):
    """Boreal leaves Carpat, and Carpat goes below Alba since: an undo would close the circle."""
    alba, boreal, carpat = chain
    left = set_parent(boreal, None, ada).operation
    set_parent(carpat, alba, ada)
    assert preview_undo(left, ada).kept["company"] == {"parent_cycle": [boreal.pk]}
    revert_operation(Operation.objects.get(pk=left.pk), by=ada)
    assert parent_of(boreal) is None


def test_an_undo_of_several_parents_does_not_make_a_cycle_together(make_company, ada):
    """Each of the two alone would make none."""
    b, d = make_company("B"), make_company("D")
    a, c = make_company("A", parent=b), make_company("C", parent=d)
    left = carry_out(COMPANY.edit({"parent": None}), rows(a, c), by=ada).operation
    set_parent(b, c, ada)
    set_parent(d, a, ada)
    revert_operation(Operation.objects.get(pk=left.pk), by=ada)
    for company in (a, b, c, d):
        assert company.pk not in parent_companies.get_ids_with_all_above(
            [p for p in [parent_of(company)] if p]
        )


def test_an_undo_that_makes_no_cycle_sets_the_parents_again(chain, ada):
    alba, boreal, carpat = chain
    left = carry_out(COMPANY.edit({"parent": None}), rows(alba, boreal), by=ada).operation
    revert_operation(Operation.objects.get(pk=left.pk), by=ada)
    assert (parent_of(alba), parent_of(boreal)) == (boreal.pk, carpat.pk)


def test_deleting_a_parent_permanently_unlinks_its_subsidiaries_and_undo_links_them_again(chain, ada):
    alba, boreal, carpat = chain
    carry_out(Delete(), rows(boreal, carpat), by=ada)
    purged = carry_out(Purge(), rows(boreal, carpat), by=ada).operation
    assert parent_of(alba) is None
    revert_operation(Operation.objects.get(pk=purged.pk), by=ada)
    assert (parent_of(alba), parent_of(boreal)) == (boreal.pk, carpat.pk)


def test_undoing_it_looks_into_the_months_since_the_deletion(chain, ada):
    _alba, boreal, carpat = chain
    carry_out(Delete(), rows(boreal, carpat), by=ada)
    purged = carry_out(Purge(), rows(boreal, carpat), by=ada).operation
    with long_before() as found:
        preview_undo(purged, ada)
        revert_operation(Operation.objects.get(pk=purged.pk), by=ada)
    assert found == []


def test_an_undo_of_a_permanent_deletion_does_not_make_a_cycle(chain, ada):
    alba, boreal, carpat = chain
    carry_out(Delete(), rows(boreal), by=ada)
    purged = carry_out(Purge(), rows(boreal), by=ada).operation
    set_parent(carpat, alba, ada)
    revert_operation(Operation.objects.get(pk=purged.pk), by=ada)
    # Either of the two would be possible, but not both.
    assert (parent_of(boreal), parent_of(alba)) == (None, None)


def test_a_company_comes_back_without_a_parent_that_is_gone(chain, ada):
    _alba, boreal, carpat = chain
    carry_out(Delete(), rows(boreal, carpat), by=ada)
    purged = carry_out(Purge(), rows(boreal), by=ada).operation
    carry_out(Purge(), rows(carpat), by=ada)
    revert_operation(Operation.objects.get(pk=purged.pk), by=ada)
    assert parent_of(boreal) is None


@pytest.mark.django_db(transaction=True)
def test_of_two_users_who_set_each_other_as_parent_at_once_the_second_one_gets_the_sentence(
    make_company, ada
):
    alba, boreal = make_company("Alba"), make_company("Boreal")
    second = crossed(lambda: set_parent(alba, boreal, ada), lambda: set_parent(boreal, alba, ada))
    assert second.refused == {"parent_cycle:parent": [boreal.pk]}
    assert (parent_of(alba), parent_of(boreal)) == (boreal.pk, None)


@pytest.mark.django_db(transaction=True)
def test_an_undo_waits_for_a_parent_that_is_being_set(make_company, ada):
    alba, boreal, carpat, danube = map(make_company, ("Alba", "Boreal", "Carpat", "Danube"))
    set_parent(boreal, carpat, ada)
    set_parent(danube, alba, ada)
    set_parent(alba, boreal, ada)
    left = set_parent(alba, None, ada).operation
    # The change and the undo lock different companies. Together, they would make a cycle of all four.
    crossed(lambda: set_parent(carpat, danube, ada), lambda: revert_operation(left, by=ada))
    assert (parent_of(alba), parent_of(carpat)) == (None, danube.pk)


def test_the_database_refuses_a_cycle_whatever_writes_it(chain):
    alba, _boreal, carpat = chain
    with pytest.raises(IntegrityError, match="its own parent"), operation("test", by=None):
        Company.objects.filter(pk=carpat.pk).update(parent=alba)
    with pytest.raises(IntegrityError), operation("test", by=None):
        Company.objects.filter(pk=alba.pk).update(parent=alba)


def test_companies_come_back_before_what_is_linked_to_them():
    order = list(get_tracked_models())
    assert order.index("company") < order.index("contact") < order.index("employment")
