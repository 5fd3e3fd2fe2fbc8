"""The select for statuses, whose options carry more than their label."""

from django import forms


class StatusSelect(forms.Select):
    """Its options say which statuses require a reason, so that the stylesheet shows the reason fields only for
    those."""

    def create_option(self, name, value, *arguments, **keywords):
        option = super().create_option(name, value, *arguments, **keywords)
        if getattr(getattr(value, "instance", None), "needs_reason", False):
            option["attrs"]["data-needs-reason"] = True
        return option
