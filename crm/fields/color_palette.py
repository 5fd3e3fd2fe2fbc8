"""The 36 colors of statuses, sources and choices, each with a name."""

from django import forms
from django.utils.translation import gettext_lazy as _

# In steps of ten degrees of the hue, from 0.
NAMES = [
    _("Raspberry"),
    _("Rose"),
    _("Crimson"),
    _("Red"),
    _("Vermilion"),
    _("Rust"),
    _("Orange"),
    _("Apricot"),
    _("Amber"),
    _("Gold"),
    _("Mustard"),
    _("Olive"),
    _("Moss"),
    _("Lime"),
    _("Grass"),
    _("Green"),
    _("Emerald"),
    _("Jade"),
    _("Sea green"),
    _("Teal"),
    _("Turquoise"),
    _("Cyan"),
    _("Lagoon"),
    _("Sky blue"),
    _("Azure"),
    _("Blue"),
    _("Cobalt"),
    _("Ultramarine"),
    _("Indigo"),
    _("Violet"),
    _("Purple"),
    _("Plum"),
    _("Orchid"),
    _("Magenta"),
    _("Fuchsia"),
    _("Pink"),
]
HUES = [(place * 10, name) for place, name in enumerate(NAMES)]


class HueChoice(forms.RadioSelect):
    """36 swatches to pick from; the row's label immediately shows the chosen one."""

    template_name = "forms/_hues.html"
