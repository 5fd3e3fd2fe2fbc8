"""When a lead was first and last contacted, as far as activities don't say it (crm/work/activities/contact_triggers.py): the first move to
a status of the category contacted or beyond, and times that a user, a file or a program set."""

import pgtrigger

from crm.platform.sql.change_triggers import IS_MACHINE_WRITING_SQL, Trigger
from crm.work.activities.contact_triggers import WRITING, AfterUndo, build_time_text_sql

# Lost and disqualified aren't among them: a lead can be lost without contact.
CONTACTED = "('contacted', 'qualified', 'proposal', 'won')"
UNDOING = "coalesce(current_setting('leadwell.undoes', true), '') <> ''"
# The time that counts without activities if the first contact is an activity.
KEPT_FIRST = "NEW.contacted_otherwise -> 'first'"
# The undo removes the stay in the status that the lead leaves (leads/triggers/status_moves.py), and no other move of the same
# moment counts as a contact. Operation and moment are compared outside (OFFSET 0 keeps them there): by an index of theirs, all
# leads of the operation would be read again for each of them.
TAKEN_BACK = f"""
    (SELECT m.operation_id FROM leads_statusmove m
        WHERE m.lead_id = NEW.id AND m."left" IS NULL AND NOT m.undone AND m.from_status_id = NEW.status_id)
        = current_setting('leadwell.undoes', true)::bigint
    AND NOT EXISTS (SELECT FROM (SELECT m.entered, m.to_status_id FROM leads_statusmove m
            WHERE m.lead_id = NEW.id AND m."left" IS NOT NULL AND NOT m.undone AND m.from_status_id IS NOT NULL
            OFFSET 0) AS m
        JOIN leads_status s ON s.id = m.to_status_id WHERE m.entered = OLD.status_since AND s.kind IN {CONTACTED})"""

contacts_of_new = Trigger(
    name="stamps_with_contact_insert",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func=f"""
        -- A lead that was deleted permanently before there were these columns has none in the history.
        NEW.first_contacted_by := coalesce(NEW.first_contacted_by, 'status');
        NEW.last_contacted_by := coalesce(NEW.last_contacted_by, 'status');
        NEW.contacted_otherwise := coalesce(NEW.contacted_otherwise, '{{}}');
        IF {IS_MACHINE_WRITING_SQL} OR {UNDOING} THEN
            RETURN NEW;
        END IF;
        IF NEW.first_contacted_at IS NOT NULL THEN
            NEW.first_contacted_by := 'hand';
        END IF;
        IF NEW.last_contacted_at IS NOT NULL THEN
            NEW.last_contacted_by := 'hand';
        END IF;
        RETURN NEW;
    """,
)


def build_set_first_contact_sql(moment: str, origin: str) -> str:
    """Statements: this is the first contact without activities. Call it if there is none yet."""
    return f"""
        IF NEW.first_contacted_at IS NULL OR {moment} < NEW.first_contacted_at THEN
            NEW.first_contacted_at := {moment};
            NEW.first_contacted_by := '{origin}';
        ELSE
            NEW.contacted_otherwise := NEW.contacted_otherwise
                || jsonb_build_object('first', jsonb_build_array({build_time_text_sql(moment)}, '{origin}'));
        END IF;"""


# After "stamps_update" by name, so that the time of a move is known, and before "version".
contacts = Trigger(
    name="stamps_with_contact",
    when=pgtrigger.Before,
    operation=pgtrigger.UpdateOf("status_id", "first_contacted_at", "last_contacted_at"),
    declare=[("kind", "text"), ("until", "timestamptz")],
    func=f"""
        IF {IS_MACHINE_WRITING_SQL} OR {WRITING} THEN
            RETURN NEW;
        END IF;
        IF {UNDOING} THEN
            -- A move that is undone is no contact any more. AfterUndo looks whether an activity counts instead.
            IF NEW.status_id <> OLD.status_id AND {TAKEN_BACK} THEN
                IF {KEPT_FIRST} ->> 1 = 'status' AND ({KEPT_FIRST} ->> 0)::timestamptz = OLD.status_since THEN
                    NEW.contacted_otherwise := NEW.contacted_otherwise - 'first';
                END IF;
                IF NEW.first_contacted_by = 'status' AND NEW.first_contacted_at = OLD.status_since THEN
                    NEW.first_contacted_at := NULL;
                END IF;
            END IF;
            RETURN NEW;
        END IF;
        IF NEW.first_contacted_at IS DISTINCT FROM OLD.first_contacted_at THEN
            NEW.first_contacted_by := 'hand';
            NEW.contacted_otherwise := NEW.contacted_otherwise - 'first';
        END IF;
        IF NEW.last_contacted_at IS DISTINCT FROM OLD.last_contacted_at THEN
            NEW.last_contacted_by := 'hand';
            -- Activities up to the time that was replaced don't count from now on.
            until := greatest(
                (OLD.contacted_otherwise ->> 'until')::timestamptz,
                CASE WHEN OLD.last_contacted_by = 'activity' THEN OLD.last_contacted_at END);
            NEW.contacted_otherwise := NEW.contacted_otherwise - 'last' - 'until';
            IF until > coalesce(NEW.last_contacted_at, '-infinity') THEN
                NEW.contacted_otherwise := NEW.contacted_otherwise || jsonb_build_object('until', {build_time_text_sql("until")});
            END IF;
            IF NEW.last_contacted_at IS NOT NULL AND (NEW.first_contacted_at IS NULL
                OR NEW.first_contacted_by = 'activity' AND {KEPT_FIRST} IS NULL) THEN
                {build_set_first_contact_sql("NEW.last_contacted_at", "hand")}
            END IF;
        END IF;
        IF NEW.status_id <> OLD.status_id THEN
            SELECT s.kind INTO kind FROM leads_status s WHERE s.id = NEW.status_id;
            IF kind IN {CONTACTED} AND (NEW.first_contacted_at IS NULL
                OR NEW.first_contacted_by = 'activity' AND {KEPT_FIRST} IS NULL) THEN
                {build_set_first_contact_sql("NEW.status_since", "status")}
            END IF;
        END IF;
        RETURN NEW;
    """,
)

CONTACT_TRIGGERS = [contacts_of_new, contacts, AfterUndo("lead")]
