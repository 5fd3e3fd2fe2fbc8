"""The rules of a change apply whatever the way in: pipelines, retired values, permissions."""

import pytest
from django.core.exceptions import PermissionDenied

from crm.models import Tag
from crm.records.change import carry_out, judge, operation
from crm.records.kinds import KINDS
from leads import contract, verbs
from leads.imports import LeadImport
from leads.models import Lead, Pipeline, Status
from tests.leads.test_pipelines import status_of


def retired(row):
    with operation("test", by=None):
        type(row)._default_manager.filter(pk=row.pk).update(retired=True)
    row.refresh_from_db()
    return row


def changeable(user):
    return Lead.objects.present().changeable_by(user)


@pytest.mark.parametrize("verb", [verbs.Move, lambda status: verbs.Edit({"status": status})])
def test_a_lead_cannot_enter_a_status_of_another_pipeline(ann, renewals, make_lead, verb):
    lead = make_lead()
    outcome = carry_out(verb(status_of(renewals, "Talking")), changeable(ann), by=ann)
    assert (outcome.changed, outcome.refused) == ([], {"other_pipeline": [lead.pk]})
    lead.refresh_from_db()
    assert lead.status.key == "new"


@pytest.mark.parametrize("verb", [verbs.Move, lambda status: verbs.Edit({"status": status, "city": "Cluj"})])
def test_a_lead_cannot_enter_a_retired_status_but_may_stay_in_it(ann, make_lead, statuses, verb):
    inside, outside = make_lead(status="contacted"), make_lead()
    outcome = carry_out(verb(retired(statuses.contacted)), changeable(ann), by=ann)
    assert outcome.refused == {"status_retired": [outside.pk]}
    assert inside.pk in [*outcome.changed, *outcome.unchanged]


def test_the_values_of_one_lead_break_the_contract_of_a_retired_or_foreign_status(sales, renewals, statuses):
    talking = status_of(renewals, "Talking")
    assert contract.broken(talking, {}, pipeline=renewals.pk) == []
    assert contract.broken(talking, {}, pipeline=sales.pk) == ["other_pipeline"]
    assert contract.broken(retired(statuses.contacted), {}) == ["status_retired"]
    with operation("test", by=None):
        Pipeline.objects.filter(pk=renewals.pk).update(retired=True)
    assert contract.broken(Status.objects.get(pk=talking.pk), {}) == ["status_retired"]


def test_an_import_does_not_give_a_lead_a_retired_tag(ada, departments, statuses, sources, make_tag):
    """Such as a tag for all rows that was retired after it was chosen; a lead that has it keeps it."""
    cold = retired(make_tag("cold"))
    rules = LeadImport(KINDS["lead"], ada)
    values = {
        "name": "Pop",
        "last_name": "Pop",
        "department": departments.sales.pk,
        "status": statuses.new.pk,
        "source": sources.website.pk,
        "tags": [cold.pk],
    }
    words = ("tags", "This tag is retired.")
    assert words in rules.judge_new(dict(values), chosen=True)
    record = values | {"owner": None}
    added, kept = {"tags": [cold.pk]}, {"tags": [cold.pk]}
    assert words in rules.judge_change(added, record | {"tags": []}, dict(values), {})
    assert words not in rules.judge_change(kept, record, dict(values), {})
    with operation("test", by=None):
        Tag.objects.update(retired=False)
    assert words not in LeadImport(KINDS["lead"], ada).judge_new(dict(values), chosen=True)


# Every verb on leads with the codename that it requires.
VERBS = {
    "change": [
        lambda s: verbs.SetVip(True),
        lambda s: verbs.SetVip(False),
        lambda s: verbs.SetCountry("RO"),
        lambda s: verbs.SetNextAction("Call", None),
        lambda s: verbs.SetSource(s.source),
        lambda s: verbs.Move(s.status),
        lambda s: verbs.Edit({"city": "Cluj"}),
        lambda s: verbs.Tagged((s.tag,)),
        lambda s: verbs.Untagged((s.tag,)),
    ],
    "assign": [
        lambda s: verbs.Assign(None),
        lambda s: verbs.ChangeDepartment(s.department),
        lambda s: verbs.HandOver(Lead, s.user),
    ],
    "take": [lambda s: verbs.Take(s.user)],
    "delete": [lambda s: verbs.Delete(), lambda s: verbs.Restore()],
    "purge": [lambda s: verbs.Purge()],
}


@pytest.mark.parametrize(
    ("right", "made"), [(right, verb) for right, every in VERBS.items() for verb in every]
)
def test_every_verb_requires_its_permission(
    someone_with, make_lead, make_tag, statuses, sources, departments, right, made
):
    names = {"change", "assign", "take", "delete", "purge"} - {right}
    user = someone_with("view_lead", "see_departments", *(f"{name}_lead" for name in names))
    lead = make_lead(city="Iași")
    user.tag, user.status, user.source = make_tag("hot"), statuses.contacted, sources.event
    user.department, user.user = departments.export, user
    for act in (judge, carry_out):
        with pytest.raises(PermissionDenied):
            act(made(user), Lead.objects.filter(pk=lead.pk), by=user)


def test_the_star_of_a_vip_requires_the_permission_to_change(someone_with, sign_in, make_lead):
    lead = make_lead()
    browser = sign_in(someone_with("view_lead", "see_departments", "assign_lead"))
    assert browser.post(f"/admin/leads/{lead.pk}/inline/vip", {}).status_code == 403
    lead.refresh_from_db()
    assert not lead.vip
