"""What the database derives from deals: the amount in the base currency, since when they are in their stage, when they were
closed."""

import pgtrigger

from crm.platform.sql.change_triggers import IS_MACHINE_WRITING_SQL, Trigger
from leads.triggers.lead_triggers import base_value

# A timestamp that the same statement sets explicitly is kept, as undo and import do.
stamps_of_new = Trigger(
    name="stamps_insert",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[("kind", "text")],
    func=f"""
        -- Nothing happens to a deal before it is added: lists rely on it (Deal.never_before_added).
        NEW.status_since := greatest(NEW.status_since, NEW.created_at);
        NEW.updated_at := greatest(NEW.updated_at, NEW.created_at);
        IF {IS_MACHINE_WRITING_SQL} THEN
            RETURN NEW;
        END IF;
        SELECT s.kind INTO kind FROM leads_status s WHERE s.id = NEW.status_id;
        IF kind IN ('won', 'lost', 'disqualified') AND NEW.closed_at IS NULL THEN
            NEW.closed_at := greatest(now(), NEW.created_at);
        END IF;
        RETURN NEW;
    """,
)

stamps = Trigger(
    name="stamps_update",
    when=pgtrigger.Before,
    operation=pgtrigger.UpdateOf("status_id"),
    declare=[("kind", "text")],
    func="""
        IF NEW.status_id <> OLD.status_id THEN
            SELECT s.kind INTO kind FROM leads_status s WHERE s.id = NEW.status_id;
            IF NEW.status_since = OLD.status_since THEN
                NEW.status_since := greatest(now(), OLD.status_since);
            END IF;
            IF NEW.closed_at IS NOT DISTINCT FROM OLD.closed_at THEN
                NEW.closed_at := CASE WHEN kind IN ('won', 'lost', 'disqualified')
                    THEN coalesce(OLD.closed_at, greatest(now(), OLD.created_at)) END;
            END IF;
        END IF;
        RETURN NEW;
    """,
)

DEAL_TRIGGERS = [base_value, stamps_of_new, stamps]
