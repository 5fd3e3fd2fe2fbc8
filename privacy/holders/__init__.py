"""All tables of the product: who says what they have of a person and erases it, or why they have nothing.

A new table has to be in one of the two, or tests/privacy/test_holders.py fails. Holders of rows that others are found by come
last.
"""

from privacy.holders import (
    access,
    activities,
    arrivals,
    consents,
    copies,
    files,
    history,
    letters,
    records,
    texts,
)
from privacy.holders.holder import Holder
from privacy.holders.nothing import NOTHING

HOLDERS: list[Holder] = [
    *copies.HOLDERS,
    *texts.HOLDERS,
    *access.HOLDERS,
    *arrivals.HOLDERS,
    *files.HOLDERS,
    *letters.HOLDERS,
    *consents.HOLDERS,
    *history.HOLDERS,
    *activities.HOLDERS,
    *records.HOLDERS,
]

__all__ = ["HOLDERS", "NOTHING", "Holder"]
