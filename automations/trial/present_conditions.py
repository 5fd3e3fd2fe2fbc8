"""Which conditions a trial can only judge by today's values: what no change of the record itself tells, and what counts from today."""

from typing import Any

from automations.models import Automation
from automations.trial.past_records import get_derived_sql
from crm.platform.sql.change_triggers import get_recorded_columns
from crm.records.kinds.kind_registry import KINDS
from crm.records.listing.row_conditions import describe_other_conditions


def describe_present_conditions(automation: Automation, viewer: Any) -> list[str]:
    """These conditions in words, as far as the viewer may see their fields."""
    kind = KINDS[automation.table_of]
    nothing: Any = kind.model._default_manager.none()
    filters = kind.filters(automation.parameters, nothing, user=viewer, kind=kind)
    recorded = {
        *get_recorded_columns(kind.model),
        *get_derived_sql(kind.model),
        str(kind.model._meta.pk.column),
    }
    return describe_other_conditions(filters, kind, recorded)
