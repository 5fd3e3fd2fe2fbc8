"""A change calls an empty value what lists call it: a record without an owner is unassigned, not "empty"."""

import re

from crm.records.history.verb_execution import carry_out
from leads import verbs
from leads.models import Lead
from tests.crm.records.editing.test_forms import filled
from tests.reading import close_up


def by(user, verb):
    return carry_out(verb, Lead.objects.present().changeable_by(user), by=user).operation


def test_the_page_and_the_line_of_a_change_and_the_timeline_say_unassigned(ann, ben, make_lead, sign_in):
    lead = make_lead("Ana Pop")
    assigned = by(ann, verbs.Assign(ben))
    freed = by(ann, verbs.Assign(None))
    browser = sign_in(ann)
    assert "Owner of Ana Pop: Unassigned → Ben" in browser.get("/admin/operations").text
    assert "Owner of Ana Pop: Ben → Unassigned" in browser.get("/admin/operations").text
    pages = [f"/admin/operations/{record.pk}" for record in (assigned, freed)]
    for page in (*pages, f"/admin/leads/{lead.pk}"):
        text = close_up(browser.get(page).text)
        assert re.search(r"<(del|ins)>Unassigned</\1>", text), page
        assert "<i>empty</i>" not in text, page


def test_the_choice_between_two_edits_says_unassigned(ada, ann, ben, make_lead, sign_in):
    lead = make_lead("Ana Pop", owner=ben)
    old = filled(lead, owner=ann.pk)
    by(ann, verbs.Assign(None))
    page = close_up(sign_in(ada).post(f"/admin/leads/{lead.pk}/edit", old).text)
    theirs = page.partition('value="theirs" required>')[2]
    assert theirs.startswith("Unassigned")
