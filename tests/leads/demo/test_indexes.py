"""Growing the demo company drops indexes for a while and brings them back as they were."""

import pytest
from django.db import DataError, connection

from accounts import demo as people
from leads.demo import generation
from leads.demo.generation import grow_leads
from leads.models import Lead


def structure() -> list[tuple]:
    """Every index, constraint and trigger of the database, and whether it is in force."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.relname, pg_get_indexdef(c.oid), i.indisvalid::text FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid
                 WHERE c.relnamespace = 'public'::regnamespace
               UNION ALL SELECT conname, pg_get_constraintdef(oid), convalidated::text FROM pg_constraint
                 WHERE connamespace = 'public'::regnamespace
               UNION ALL SELECT tgname, pg_get_triggerdef(oid), tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
               ORDER BY 1, 2"""
        )
        return cursor.fetchall()


def test_adding_many_leads_at_once_leaves_indexes_constraints_and_triggers_as_they_were(db):
    people.install_demo_people("a-password-for-tests")
    before = structure()
    grow_leads(300)
    assert structure() == before


def test_what_was_broken_off_leaves_everything_as_it_was(db, monkeypatch):
    people.install_demo_people("a-password-for-tests")
    before = structure()
    monkeypatch.setattr(generation, "FOLLOWERS", [lambda cursor: cursor.execute("SELECT 1 / 0")])
    with pytest.raises(DataError):
        grow_leads(300)
    assert structure() == before
    assert not Lead.objects.exists()
