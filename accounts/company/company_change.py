"""Changes of the company's settings and of the checklist of the first hour as operations: their permission, and their name in words."""

from django.utils.translation import gettext as _

from crm.models import Operation, SetupProgress
from crm.platform.web.start_page.setup_steps import RIGHT, STEPS
from crm.records.editing.settings_change import record_settings_change, register_settings_verb

SKIP, RETURN, HIDE, SHOW = "skip", "return", "hide", "show"


def _describe_edit(_parameters: dict) -> str:
    return _("Edit the company settings")


def _describe_setup_change(parameters: dict) -> str:
    step = STEPS.get(parameters.get("step", ""))
    values = {"step": step.title if step else ""}
    match parameters.get("act"):
        case "skip":
            return _("Skip a step of the setup: %(step)s") % values
        case "return":
            return _("Take up a step of the setup again: %(step)s") % values
        case "show":
            return _("Show the setup on Today")
    return _("Hide the setup from Today")


register_settings_verb("edit_company_settings", RIGHT, _describe_edit)
register_settings_verb("edit_setup_progress", RIGHT, _describe_setup_change)


def change_setup_progress(act: str, step: str, *, by) -> Operation | None:
    """Skip a step or take it up again, hide the checklist on Today or show it. None for an unknown act or step."""
    if act not in (SKIP, RETURN, HIDE, SHOW) or (act in (SKIP, RETURN) and step not in STEPS):
        return None
    progress = SetupProgress.get_current()
    parameters = {"act": act, "step": step} if act in (SKIP, RETURN) else {"act": act}
    with record_settings_change("edit_setup_progress", by=by, **parameters) as record:
        others = [name for name in progress.skipped if name != step]
        if act in (SKIP, RETURN):
            progress.skipped = [*others, step] if act == SKIP else others
        else:
            progress.hidden = act == HIDE
        progress.version = max(progress.version, 1)
        progress.save()
    return record
