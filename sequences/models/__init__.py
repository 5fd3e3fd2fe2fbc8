"""Sequences, the records in them, and what was done for each."""

from sequences.models.coming_step import ComingStep
from sequences.models.edited_email import EditedEmail
from sequences.models.enrollment import Enrollment
from sequences.models.enrollment_step import EnrollmentStep
from sequences.models.sequence import Sequence, SequenceStep

__all__ = ["ComingStep", "EditedEmail", "Enrollment", "EnrollmentStep", "Sequence", "SequenceStep"]
