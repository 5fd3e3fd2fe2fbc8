"""The verbs: putting records into a sequence, ending it for them, and editing what they will get."""

from sequences.verbs.edit_coming_email import EditComingEmail, edit_coming_email
from sequences.verbs.finish_sequence import FinishSequence
from sequences.verbs.run_sequence import RunSequence
from sequences.verbs.start_sequence import StartSequence
from sequences.verbs.stop_sequence import StopSequence

__all__ = [
    "EditComingEmail",
    "FinishSequence",
    "RunSequence",
    "StartSequence",
    "StopSequence",
    "edit_coming_email",
]
