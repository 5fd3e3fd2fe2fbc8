"""What the database derives from leads: the base value, timestamps, status moves, the newsletter state; the next action
follows from their tasks (crm/work/tasks/next_action.py), the times of contact from their activities (crm/work/activities/contact_triggers.py),
and when the first contact is due from limits and working time (leads/triggers/contact_due.py).

Triggers derive them, and nothing else does, so bulk SQL, COPY and the console maintain them too. `manage.py
check_history` rebuilds them from the recorded changes and expects no difference.
"""

import pgtrigger

from crm.fields.custom.unique.unique_triggers import build_unique_presence_trigger
from crm.fields.search_columns import build_derived_triggers
from crm.platform.sql.change_triggers import (
    IS_MACHINE_WRITING_SQL,
    Trigger,
    build_change_triggers,
    build_replanned_statement,
)
from crm.work.tasks.next_action import build_task_writing_triggers
from leads import fields
from leads.triggers.contact_due import CONTACT_DUE_TRIGGERS
from leads.triggers.contact_times import CONTACT_TRIGGERS
from leads.triggers.newsletter_state import KEEP_NEWSLETTER
from leads.triggers.scores import LEAD_SCORE_TRIGGERS
from leads.triggers.status_moves import moves, moves_of_new

base_value = Trigger(
    name="base_value",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("value", "currency", "created_at"),
    func="""
        NEW.base_value := CASE WHEN NEW.value IS NOT NULL
            THEN leadwell_base_value(NEW.value, NEW.currency, NEW.created_at) END;
        RETURN NEW;
    """,
)

# A timestamp that the same statement sets explicitly is kept, as undo and import do.
stamps_of_new = Trigger(
    name="stamps_insert",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[("kind", "text")],
    func=f"""
        -- Nothing happens to a lead before it is added: lists rely on it (Lead.never_before_added).
        NEW.status_since := greatest(NEW.status_since, NEW.created_at);
        NEW.updated_at := greatest(NEW.updated_at, NEW.created_at);
        IF NEW.assigned_at < NEW.created_at THEN
            NEW.assigned_at := NEW.created_at;
        END IF;
        IF {IS_MACHINE_WRITING_SQL} THEN
            RETURN NEW;
        END IF;
        IF NEW.owner_id IS NOT NULL AND NEW.assigned_at IS NULL THEN
            NEW.assigned_at := greatest(now(), NEW.created_at);
        END IF;
        SELECT s.kind INTO kind FROM leads_status s WHERE s.id = NEW.status_id;
        IF kind = 'won' AND NEW.converted_at IS NULL THEN
            NEW.converted_at := now();
        END IF;
        RETURN NEW;
    """,
)

# A lead added and moved in one transaction is newer than the transaction's start, and a clock may step back: a move
# never gets a time before that of the status it left.
stamps = Trigger(
    name="stamps_update",
    when=pgtrigger.Before,
    operation=pgtrigger.UpdateOf("status_id", "owner_id"),
    declare=[("kind", "text")],
    func="""
        IF NEW.owner_id IS DISTINCT FROM OLD.owner_id AND NEW.assigned_at IS NOT DISTINCT FROM OLD.assigned_at THEN
            NEW.assigned_at := CASE WHEN NEW.owner_id IS NOT NULL THEN greatest(now(), NEW.created_at) END;
        END IF;
        IF NEW.status_id <> OLD.status_id THEN
            SELECT s.kind INTO kind FROM leads_status s WHERE s.id = NEW.status_id;
            IF NEW.status_since = OLD.status_since THEN
                NEW.status_since := greatest(now(), OLD.status_since);
            END IF;
            IF NEW.converted_at IS NOT DISTINCT FROM OLD.converted_at THEN
                NEW.converted_at := CASE WHEN kind = 'won' THEN coalesce(OLD.converted_at, now()) END;
            END IF;
        END IF;
        RETURN NEW;
    """,
)

newsletter_of_new = Trigger(
    name="newsletter_insert",
    level=pgtrigger.Statement,
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    referencing=pgtrigger.Referencing(new="new_rows"),
    func=KEEP_NEWSLETTER.format(
        leads="SELECT n.id FROM new_rows n JOIN leads_unsubscribe u ON u.email_key = n.email_key "
        "UNION SELECT n.id FROM new_rows n JOIN leadwell_suppressed_emails() s ON s.email_key = n.email_key"
    ),
)

# The rows are collected first: EXISTS over two transition tables becomes a nested loop over everything.
READDRESSED = """
    SELECT array_agg(n.id) FROM old_rows o JOIN new_rows n ON n.id = o.id WHERE n.email_key <> o.email_key"""

newsletter = Trigger(
    name="newsletter_update",
    level=pgtrigger.Statement,
    when=pgtrigger.After,
    operation=pgtrigger.Update,
    referencing=pgtrigger.Referencing(old="old_rows", new="new_rows"),
    declare=[("readdressed", "bigint[]")],
    func=f"""
        {build_replanned_statement(READDRESSED, into="readdressed")}
        IF readdressed IS NULL THEN
            RETURN NULL;
        END IF;
    """
    + KEEP_NEWSLETTER.format(leads="SELECT unnest(readdressed) AS id"),
)

LEAD_TRIGGERS = [
    *build_change_triggers("lead"),
    *build_task_writing_triggers("lead"),
    *build_derived_triggers(fields.SEARCH),
    build_unique_presence_trigger("lead"),
    base_value,
    stamps_of_new,
    stamps,
    *CONTACT_TRIGGERS,
    *CONTACT_DUE_TRIGGERS,
    moves_of_new,
    moves,
    newsletter_of_new,
    newsletter,
    *LEAD_SCORE_TRIGGERS,
]
