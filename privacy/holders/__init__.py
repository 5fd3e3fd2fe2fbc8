"""All tables of the product: who says what they have of a person and erases it, or why they have nothing.

A new table has to be in one of the two, or tests/privacy/holders/test_tables.py fails. Holders of rows that others are found by come
last.
"""

from privacy.holders import (
    access_traces,
    activities,
    automations,
    change_history,
    consents,
    converted_copies,
    free_texts,
    lead_origins,
    mailings,
    records,
    sequences,
    server_files,
    value_files,
)
from privacy.holders.data_holder import DataHolder
from privacy.holders.exempt_tables import NOTHING

HOLDERS: list[DataHolder] = [
    *converted_copies.HOLDERS,
    *value_files.HOLDERS,
    *free_texts.HOLDERS,
    *access_traces.HOLDERS,
    *lead_origins.HOLDERS,
    *server_files.HOLDERS,
    *mailings.HOLDERS,
    *consents.HOLDERS,
    *change_history.HOLDERS,
    *activities.HOLDERS,
    *automations.HOLDERS,
    *sequences.HOLDERS,
    *records.HOLDERS,
]

__all__ = ["HOLDERS", "NOTHING", "DataHolder"]
