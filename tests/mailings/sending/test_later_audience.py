"""Audiences that are read when sending begins: what was deleted, withdrawn or changed until then."""

import pytest
from django.contrib.auth.models import Permission

from accounts.models import User
from crm.models import SavedView
from crm.records.history.verb_execution import operation
from leads.models import Lead
from mailings.models import Delivery, Mailing

pytestmark = pytest.mark.django_db


@pytest.fixture
def later(make_mailing, make_lead, ann):
    """A scheduled mailing to VIP leads, from a saved view of ann's."""
    view = SavedView.objects.create(table="lead", owner=ann, name="Important ones", query="vip=yes")
    make_lead("Jan", email="jan@a.example", vip=True)
    make_lead("Eva", email="eva@a.example")
    return make_mailing(query=view.query, state="scheduled", sent_at=None)


def recipients() -> list[str]:
    return list(Delivery.objects.in_state("sent").order_by("record").values_list("address", flat=True))


def test_a_mailing_keeps_the_filter_of_a_saved_view_that_was_deleted(later, send, post_office):
    SavedView.objects.all().delete()
    assert send(later).state == "sent"
    assert recipients() == ["jan@a.example"]


def test_a_saved_view_that_was_edited_changes_no_scheduled_mailing(later, send, post_office):
    SavedView.objects.update(query="all=1")
    send(later)
    assert recipients() == ["jan@a.example"]


def test_only_leads_that_the_author_sees_when_sending_begins_get_it(
    later, send, post_office, make_lead, departments, ann
):
    make_lead("Far", email="far@a.example", vip=True, department=departments.export)
    with operation("test", by=None):
        Lead.objects.filter(first_name="Jan").update(department=departments.export)
        Lead.objects.filter(last_name="Jan").update(department=departments.export)
        Lead.objects.filter(email="eva@a.example").update(vip=True)
    assert send(later).state == "sent"
    assert recipients() == ["eva@a.example"]


@pytest.mark.parametrize("withdrawn", ["send_mailing", "view_lead", "account"])
def test_an_author_who_lost_access_sends_nothing(withdrawn, later, send, post_office, ann):
    if withdrawn == "account":
        User.objects.filter(pk=ann.pk).update(is_active=False)
    else:
        for role in ann.groups.all():
            role.permissions.remove(Permission.objects.get(codename=withdrawn))
    mailing = send(later)
    assert post_office == []
    assert not Delivery.objects.exclude(state="left_out").exists()
    if withdrawn != "view_lead":
        assert (mailing.state, mailing.why) == ("paused", "author")


def test_a_mailing_that_was_paused_because_of_its_author_goes_on_when_they_are_back(
    later, send, post_office, ann
):
    from mailings.verbs import resume_mailing

    User.objects.filter(pk=ann.pk).update(is_active=False)
    assert send(later).state == "paused"
    User.objects.filter(pk=ann.pk).update(is_active=True)
    resume_mailing(Mailing.objects.get(), by=ann)
    assert send(later).state == "sent"
    assert recipients() == ["jan@a.example"]
