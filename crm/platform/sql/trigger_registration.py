"""The triggers of all models become known to pgtrigger at once, because one by one they take a sixth of each start."""

from django.apps import apps
from pgtrigger import registry
from pgtrigger.apps import PGTriggerConfig, patch_schema_editor


class TriggersConfig(PGTriggerConfig):
    """The library's app. It would look through all triggers that it knows for each one that it adds, to see whether the name of its
    function is taken: 54,000 names for 328 triggers. tests/crm/platform/database/test_trigger_registration.py looks once."""

    def ready(self) -> None:
        patch_schema_editor()
        for model in apps.get_models():
            for trigger in getattr(model._meta, "triggers", []):
                registry._registry.data[trigger.get_uri(model)] = model, trigger
