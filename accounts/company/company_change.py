"""Changes of the company's settings as operations: their permission, and their name in words."""

from django.utils.translation import gettext as _

from crm.records.editing.settings_change import register_settings_verb


def _describe_edit(_parameters: dict) -> str:
    return _("Edit the company settings")


register_settings_verb("edit_company_settings", "crm.change_companysettings", _describe_edit)
