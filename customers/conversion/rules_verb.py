"""The change of the rules of conversion, as an operation that can be undone; the form does the writing."""

from django.utils.translation import gettext as _

from crm.records.history.verb_execution import Verb


class EditConversionRules(Verb):
    kind = "edit_conversion_rules"
    icon = "settings"

    @classmethod
    def get_right(cls, model):
        return "customers.change_conversionrules"

    @classmethod
    def get_label(cls, parameters, kind):
        return _("Edit the rules of conversion")
