"""The tables of privacy."""

from privacy.models.erasure import Erasure
from privacy.models.processing_record import ProcessingTexts
from privacy.models.retention import RetentionExemption, RetentionNotice, RetentionRule, RetentionRun

__all__ = [
    "Erasure",
    "ProcessingTexts",
    "RetentionExemption",
    "RetentionNotice",
    "RetentionRule",
    "RetentionRun",
]
