"""Where a custom field names no person, screens say what they say where a record has no owner."""

import re

import pytest
from django.utils.html import strip_tags

from crm.models import Change
from crm.records.history.verb_execution import carry_out
from leads.kind import LEAD
from leads.models import Lead

pytestmark = pytest.mark.django_db


@pytest.fixture
def teacher(make_field):
    return make_field("Teacher", type="user").name


def read_text(browser, url: str) -> str:
    return " ".join(strip_tags(browser.get(url).text).split())


def test_a_change_of_a_person_says_unassigned(teacher, make_lead, ada, sign_in):
    lead = make_lead("Ana Pop")
    done = carry_out(LEAD.edit({teacher: ada.pk}), Lead.objects.filter(pk=lead.pk), by=ada)
    text = read_text(sign_in(ada), f"/admin/operations/{done.operation.pk}")
    assert Change.objects.of_row("lead", lead.pk).filter(operation=done.operation).exists()
    assert "Teacher Unassigned → becomes Ada" in text


def test_the_record_and_the_merge_say_unassigned(teacher, make_lead, ada, sign_in):
    one, two = make_lead("Ana Pop", owner=ada), make_lead("Ana Pop", owner=ada)
    carry_out(LEAD.edit({teacher: ada.pk}), Lead.objects.filter(pk=two.pk), by=ada)
    browser = sign_in(ada)
    fact = re.search(rf'data-fact="{teacher}".*?</d', browser.get(one.get_absolute_url()).text, re.DOTALL)
    assert "Unassigned" in fact[0]
    merge = read_text(browser, f"/admin/duplicates/merge/lead?record={one.pk}&record={two.pk}")
    assert "Unassigned" in merge
    assert "Empty" not in merge.partition("Teacher")[2][:80]
