"""The widths that a user gives to the columns of a list: whole steps of half a rem, so that the stylesheet knows each of
them and no page needs a style of its own."""

from collections.abc import Mapping, Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

LEAST, MOST = 6, 96
# What "Wider" and "Narrower" start from without a width, and how far they go. Only the stylesheet knows the usual widths.
USUAL, USUAL_NAME = 20, 40
STEP = 4


class WidthForm(forms.Form):
    """A field per column that was sent: {"company": 24}; None, from an empty field, is the usual width."""

    prefix = "width"

    def __init__(self, data: Mapping[str, str], *, names: Sequence[str]) -> None:
        super().__init__(data)
        told = _("Enter a width from %(least)s to %(most)s.") % {"least": LEAST, "most": MOST}
        for name in names:
            if self.add_prefix(name) in data:
                self.fields[name] = forms.IntegerField(
                    required=False,
                    min_value=LEAST,
                    max_value=MOST,
                    error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), told),
                )

    @property
    def faults(self) -> list[str]:
        """Each sentence once."""
        return list(dict.fromkeys(str(fault) for faults in self.errors.values() for fault in faults))


def get_wider_and_narrower_widths(name: str, width: int | None) -> tuple[int, int]:
    """What a column's width would be after the next step in each direction."""
    now = width or (USUAL_NAME if name == "name" else USUAL)
    return min(MOST, now + STEP), max(LEAST, now - STEP)
