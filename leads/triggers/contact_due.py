"""When the first contact of a lead is due: derived as the row is written, so a lead is written once."""

import pgtrigger

from crm.platform.sql.change_triggers import Trigger

DERIVED = """
    SELECT d.due, d.warns INTO NEW.contact_due_at, NEW.contact_warning_at FROM leadwell_contact_due(
        NEW.source_id, NEW.department_id, NEW.status_id, NEW.created_at, NEW.first_contacted_at) d;"""

contact_due_of_new = Trigger(
    name="stamps_with_due_insert",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func=f"{DERIVED} RETURN NEW;",
)

# After "stamps_with_contact" by name, so that the first contact is known. That one writes it, so its columns are among
# these.
INPUTS = ("source_id", "department_id", "status_id", "created_at", "first_contacted_at")
contact_due = Trigger(
    name="stamps_with_due",
    when=pgtrigger.Before,
    operation=pgtrigger.UpdateOf(*INPUTS, "last_contacted_at"),
    func=f"""
        IF ({", ".join(f"OLD.{name}" for name in INPUTS)}) IS DISTINCT FROM ({", ".join(f"NEW.{name}" for name in INPUTS)}) THEN
            {DERIVED}
        END IF;
        RETURN NEW;
    """,
)

CONTACT_DUE_TRIGGERS = [contact_due_of_new, contact_due]


def build_limit_trigger(name: str, **keywords) -> Trigger:
    """For a table that decides when first contacts are due: its changes are noted, and leads follow (leads/contact_due/deadlines.py)."""
    return Trigger(
        name=f"contact_due_{name}",
        when=pgtrigger.After,
        func="INSERT INTO leads_contactlimitchange DEFAULT VALUES; RETURN NULL;",
        **keywords,
    )


def build_column_trigger(column: str) -> Trigger:
    return build_limit_trigger(
        column,
        operation=pgtrigger.UpdateOf(column),
        condition=pgtrigger.Condition(f"OLD.{column} IS DISTINCT FROM NEW.{column}"),
    )


def build_rows_trigger() -> Trigger:
    return build_limit_trigger(
        "rows",
        level=pgtrigger.Statement,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    )
