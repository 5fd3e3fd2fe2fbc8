"""The bulk actions "Start a sequence" and "Stop the sequence"."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.platform.web.rendering.form_rendering import ChoiceOfLabels, Form
from crm.records.editing.bulk_actions import BulkAction
from sequences.models import Sequence
from sequences.models.sequence import SEQUENCED
from sequences.verbs import StartSequence, StopSequence


class StartForm(Form):
    """Those that are turned on."""

    table_of: str

    sequence = ChoiceOfLabels(
        Sequence.objects.none(),
        label=_("Sequence"),
        help_text=_("Those that are turned on in Settings → Sequences."),
    )
    again = forms.BooleanField(
        label=_("Also start it again"),
        help_text=_("For those who were in this sequence before. They get the same emails once more."),
        required=False,
    )

    def __init__(self, *arguments, user, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.fields["sequence"].queryset = Sequence.objects.in_use().of_type(self.table_of).in_order()


class StopForm(Form):
    sequence = ChoiceOfLabels(Sequence.objects.none(), label=_("Sequence"), required=False)
    table_of: str

    def __init__(self, *arguments, user, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        self.fields["sequence"].queryset = Sequence.objects.active().of_type(self.table_of).in_order()
        self.fields["sequence"].empty_label = _("Any sequence")


def build_start_verb(data: dict[str, Any], user: Any) -> StartSequence:
    return StartSequence(data["sequence"], user, again=data.get("again", False))


def build_stop_verb(data: dict[str, Any], user: Any) -> StopSequence:
    return StopSequence(data["sequence"])


def get_start_form(table: str) -> type[StartForm]:
    return START_FORMS[table]


START, STOP = "start_sequence", "stop_sequence"
START_FORMS = {table: type(f"Start{table.title()}", (StartForm,), {"table_of": table}) for table in SEQUENCED}
STOP_FORMS = {table: type(f"Stop{table.title()}", (StopForm,), {"table_of": table}) for table in SEQUENCED}
ACTIONS = {
    table: (
        BulkAction(
            START,
            _("Start a sequence"),
            "sequence",
            "change",
            START_FORMS[table],
            build_start_verb,
            sends=True,
        ),
        BulkAction(
            STOP,
            _("Stop the sequence"),
            "cross",
            "change",
            STOP_FORMS[table],
            build_stop_verb,
        ),
    )
    for table in SEQUENCED
}
