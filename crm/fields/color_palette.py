"""The 36 colors of statuses, sources and choices."""

from django import forms

HUES = [(step * 10, f"{step * 10}°") for step in range(36)]


class HueChoice(forms.RadioSelect):
    """36 swatches to pick from; the row's label immediately shows the chosen one."""

    template_name = "forms/_hues.html"
