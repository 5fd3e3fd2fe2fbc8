"""Changes of settings wait for each other and for undos."""

from contextlib import contextmanager

import pytest
from django.db import connections, transaction
from django.urls import reverse

from crm.models import Tag
from crm.records.editing.settings_change import record_settings_change
from crm.records.history.undo.field_reversal import revert_operation
from leads.models import Pipeline, Status
from leads.settings.merge import RowMerge
from leads.settings.pipeline_retirement import carry_out_retirement
from leads.settings.retirement import RetirementRefused, RowRetirement
from leads.settings.settings_tables import SETTINGS_TABLES
from leads.settings.urls import urlpatterns
from tests.crossing import crossed
from tests.examples import one_in

READ_ONLY = {
    "statuses",
    "status",
    "sources",
    "source",
    "pipelines",
    "ready_pipelines",
    "tags",
    "lost_reasons",
}
CHANGING = [pattern for pattern in urlpatterns if pattern.name not in READ_ONLY]

committing = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


@contextmanager
def another_change_of_settings():
    other = connections.create_connection("default")
    try:
        # Until the end of its transaction, like every lock of the product: a pooler may give the connection to others then.
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('leadwell.settings'))")
        yield
        # A server may take a moment to notice that a connection has ended.
        other.rollback()
    finally:
        other.close()


@pytest.mark.parametrize("pattern", one_in(3, CHANGING), ids=lambda pattern: str(pattern.pattern))
def test_each_form_of_the_settings_waits_until_another_one_is_saved(pattern, ada, sign_in, waits_for_no_lock):
    rows = dict.fromkeys(pattern.pattern.converters, 0)
    address = reverse(f"leads:{pattern.name}", kwargs={**pattern.default_args, **rows})
    browser = sign_in(ada)
    with another_change_of_settings():
        assert browser.post(address).status_code == 409
    assert browser.post(address).status_code != 409


@committing
def test_a_status_is_not_deleted_while_an_undo_makes_it_the_one_for_new_leads(ada, statuses):
    with record_settings_change("edit_status", by=ada) as moved:
        Status.objects.filter(pk=statuses.new.pk).update(is_default=False)
        Status.objects.filter(pk=statuses.qualified.pk).update(is_default=True)
    deletion = RowRetirement(SETTINGS_TABLES["status"], statuses.new.pk)
    refused = crossed(
        lambda: revert_operation(moved, by=ada), lambda: transaction.atomic(deletion.carry_out)(by=ada)
    )
    assert isinstance(refused, RetirementRefused)
    assert (
        str(refused)
        == "New records start in this status, so it must stay open and in use. Make another one the default first."
    )


@committing
def test_a_pipeline_is_not_retired_while_an_undo_retires_the_only_other_one(ada, sales, renewals):
    with record_settings_change("edit_pipeline", by=ada):
        Pipeline.objects.filter(pk=renewals.pk).update(retired=True)
    with record_settings_change("edit_pipeline", by=ada) as activated:
        Pipeline.objects.filter(pk=renewals.pk).update(retired=False)
    refused = crossed(
        lambda: revert_operation(activated, by=ada),
        lambda: transaction.atomic(carry_out_retirement)(sales.pk, [], by=ada),
    )
    assert isinstance(refused, RetirementRefused)
    assert Pipeline.objects.of_leads().active().get() == sales


@committing
def test_a_tag_is_not_merged_into_one_that_an_undo_retires(ada, make_tag, make_lead):
    hot = make_tag("hot")
    with record_settings_change("add_tag", by=ada) as added:
        warm = Tag.objects.create(name="warm")
    lead = make_lead(tags=[hot.pk])
    merging = RowMerge(SETTINGS_TABLES["tag"], (hot.pk,), warm.pk)
    refused = crossed(
        lambda: revert_operation(added, by=ada), lambda: transaction.atomic(merging.carry_out)(by=ada)
    )
    assert isinstance(refused, RetirementRefused)
    lead.refresh_from_db()
    assert (lead.tags, Tag.objects.get(pk=warm.pk).retired) == ([hot.pk], True)
