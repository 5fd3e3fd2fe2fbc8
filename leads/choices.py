"""The select of statuses: its options say more than their label."""

from django import forms


class StatusSelect(forms.Select):
    """Its options say which statuses ask for a reason: the stylesheet shows the fields for it only with those."""

    def create_option(self, name, value, *arguments, **keywords):
        option = super().create_option(name, value, *arguments, **keywords)
        if getattr(getattr(value, "instance", None), "needs_reason", False):
            option["attrs"]["data-needs-reason"] = True
        return option
