"""The rules of a change apply whatever the way in: pipelines, retired values, permissions."""

from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied

from crm.models import Tag
from crm.records.history.verb_execution import carry_out, judge, operation
from crm.records.kinds.kind_registry import KINDS
from leads import verbs
from leads.imports.lead_import import LeadImport
from leads.models import Lead, Pipeline, Status
from leads.statuses import status_contract
from tests.conftest import make_user
from tests.leads.settings.test_pipelines import status_of


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


@pytest.mark.parametrize(
    ("code", "made"),
    [
        ("owner_without_department", lambda s: verbs.Assign(s.homeless)),
        ("owner_without_department", lambda s: verbs.HandOver(Lead, s.gone, (s.homeless,))),
        ("owner_inactive", lambda s: verbs.HandOver(Lead, s.gone, (s.gone,))),
        ("department_retired", lambda s: verbs.ChangeDepartment(retired(s.department))),
        ("tag_retired", lambda s: verbs.AddTags((retired(s.tag),))),
        ("source_retired", lambda s: verbs.SetSource(retired(s.source))),
    ],
)
def test_no_lead_gets_a_value_that_is_out_of_use(ada, departments, sources, make_lead, make_tag, code, made):
    lead = make_lead()
    scene = SimpleNamespace(
        homeless=make_user("homeless", "rep"),
        gone=make_user("gone", "rep", [departments.sales], is_active=False),
        department=departments.export,
        tag=make_tag("cold"),
        source=sources.event,
    )
    outcome = carry_out(made(scene), changeable(ada), by=ada)
    assert (outcome.changed, outcome.refused) == ([], {code: [lead.pk]})


def test_the_values_of_one_lead_break_the_contract_of_a_retired_or_foreign_status(renewals, statuses):
    talking = status_of(renewals, "Talking")
    assert status_contract.get_broken_rules(talking, {}, leaving=status_of(renewals, "Talking")) == []
    assert status_contract.get_broken_rules(talking, {}, leaving=statuses.new) == ["other_pipeline"]
    assert status_contract.get_broken_rules(retired(statuses.contacted), {}) == ["status_retired"]
    with operation("test", by=None):
        Pipeline.objects.filter(pk=renewals.pk).update(retired=True)
    assert status_contract.get_broken_rules(Status.objects.get(pk=talking.pk), {}) == ["status_retired"]


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


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("ann", {"department": "export"}, ("department", "You can’t assign to this department.")),
        ("ann", {"owner": "carla"}, ("owner", "You can’t assign to this user.")),
        ("ada", {"owner": "carla"}, ("owner", "Carla isn’t in Sales.")),
        ("oscar", {"owner": "bob"}, ("owner", "You don’t have permission to assign to other users.")),
        ("ann", {"status": 0}, ("status", "This status no longer exists.")),
    ],
)
def test_an_import_rejects_a_new_lead_that_its_user_could_not_add(
    cast, departments, statuses, sources, name, given, words
):
    rows = {"department": departments, "owner": cast}
    given = {key: getattr(rows[key], value).pk if key in rows else value for key, value in given.items()}
    own = {"department": departments.sales.pk, "status": statuses.new.pk, "source": sources.website.pk}
    rules = LeadImport(KINDS["lead"], getattr(cast, name))
    assert rules.judge_new({"last_name": "Pop", **own}, chosen=True) == []
    assert words in rules.judge_new({"last_name": "Pop", **own, **given}, chosen=True)


@pytest.mark.parametrize("given", ["owner", "department"])
def test_an_import_does_not_reassign_leads_without_the_permission(oscar, departments, bob, ben, given):
    values = {"owner": ben.pk} if given == "owner" else {"department": departments.export.pk}
    record = {"last_name": "Pop", "owner": bob.pk, "department": departments.sales.pk}
    errors = LeadImport(KINDS["lead"], oscar).judge_change(values, record, record | values, {})
    assert errors == [(given, "You don’t have permission to assign to other users.")]


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
        lambda s: verbs.AddTags((s.tag,)),
        lambda s: verbs.RemoveTags((s.tag,)),
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
