"""The rules of duplicates in Settings: the scores, from when on names are similar, warnings, and scans every night."""

from crm.models import Operation
from crm.records.editing.settings_form import SettingsForm
from duplicates.models import DuplicateRules


class DuplicateRulesForm(SettingsForm):
    """While the rules are as delivered, there is no row, and the form has the version 0."""

    table = DuplicateRules.table
    new_title = DuplicateRules._meta.verbose_name
    unmarked = True

    class Meta:
        model = DuplicateRules
        fields = [
            "email", "phone", "domain", "names", "similarity", "warns", "own_api", "connect_api", "umbra_api", "known_from",
            "imports", "nightly",
        ]  # fmt: skip

    def get_translated_texts(self) -> dict[str, str]:
        return {}

    def write(self, by) -> Operation:
        self.instance.version = max(self.instance.version, 1)
        return super().write(by)
