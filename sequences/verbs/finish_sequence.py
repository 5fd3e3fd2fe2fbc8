"""The operation in which a sequence reaches its end for records."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from crm.records.history.verb_execution import Verb
from sequences.verbs.start_sequence import get_sequence_name


class FinishSequence(Verb):
    """By the worker, after the last step."""

    kind = "finish_sequence"
    title = _lazy("Finish a sequence")
    icon = "sequence"
    is_about_verdicts = True

    @classmethod
    def get_label(cls, parameters, kind):
        return _("Sequence “%(name)s” finished") % {"name": get_sequence_name(parameters)}

    @classmethod
    def describe_finality(cls, record):
        return _lazy("All of its steps were done. Start the sequence again instead.")
