"""The base currency is fixed once there are amounts, for the form of the company and for the undo of its change."""

from typing import Any

from crm.models import CompanySettings, Operation
from crm.platform.configuration.base_currency import (
    describe_obstacle,
    follow_base_currency,
    get_stored_amounts,
    lock_amounts,
)
from crm.platform.configuration.company import forget_company_settings, get_company_currency
from crm.records.history.undo.undo_permission import UndoRefused

# Operations that change the base currency have this parameter, and so do their undos.
CHANGED = "base_currency"


def get_base_currency_obstacle() -> str:
    """Why the base currency can't change now, or ''."""
    return describe_obstacle(get_stored_amounts(), get_company_currency())


def get_undo_obstacle(record: Operation) -> str:
    """The same for the undo of an operation: '' if it would leave the base currency as it is."""
    return get_base_currency_obstacle() if CHANGED in record.parameters else ""


def follow_undo(record: Operation, undoing: Operation, outcome: Any) -> None:
    """An undo that brings another base currency back is refused as a whole if there are amounts by now."""
    if not outcome.back.get(CompanySettings.table):
        return
    forget_company_settings()
    if CHANGED not in record.parameters:
        return
    lock_amounts()
    if obstacle := get_base_currency_obstacle():
        raise UndoRefused(obstacle)
    follow_base_currency(get_company_currency())
