"""The tables of duplicates."""

from duplicates.models.distinction import Distinction
from duplicates.models.duplicate_rules import DuplicateRules
from duplicates.models.likeness import Likeness
from duplicates.models.merge_plan import MergePlan
from duplicates.models.moved_row import MovedRow
from duplicates.models.scan import Scan

__all__ = ["Distinction", "DuplicateRules", "Likeness", "MergePlan", "MovedRow", "Scan"]
