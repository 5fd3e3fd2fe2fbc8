"""Changes of the company's settings and of the checklist of the first hour as operations: their permission, and their name in words."""

from django.utils.translation import gettext as _

from accounts.company.base_currency import get_undo_obstacle
from crm.models import Operation, SetupProgress
from crm.platform.web.start_page.setup_steps import RIGHT, STEPS
from crm.records.editing.settings_change import record_settings_change, register_settings_verb

SKIP, CONFIRM, RETURN, HIDE, SHOW = "skip", "confirm", "return", "hide", "show"
OF_A_STEP = (SKIP, CONFIRM, RETURN)


def _describe_edit(_parameters: dict) -> str:
    return _("Edit the company settings")


def _describe_setup_change(parameters: dict) -> str:
    step = STEPS.get(parameters.get("step", ""))
    values = {"step": step.title if step else ""}
    match parameters.get("act"):
        case "skip":
            return _("Skip a step of the setup: %(step)s") % values
        case "confirm":
            return _("Confirm a step of the setup as it is: %(step)s") % values
        case "return":
            return _("Take up a step of the setup again: %(step)s") % values
        case "show":
            return _("Show the setup on Today")
    return _("Hide the setup from Today")


register_settings_verb("edit_company_settings", RIGHT, _describe_edit, finality=get_undo_obstacle)
register_settings_verb("edit_setup_progress", RIGHT, _describe_setup_change)


def change_setup_progress(act: str, step: str, *, by) -> Operation | None:
    """Skip a step, confirm it or take it up again, hide the checklist on Today or show it. None for an unknown act or step."""
    if act not in (*OF_A_STEP, HIDE, SHOW) or (act in OF_A_STEP and step not in STEPS):
        return None
    if act == CONFIRM and not STEPS[step].confirmation:
        return None
    progress = SetupProgress.get_current()
    parameters = {"act": act, "step": step} if act in OF_A_STEP else {"act": act}
    with record_settings_change("edit_setup_progress", by=by, **parameters) as record:
        if act in OF_A_STEP:
            progress.skipped = _set_member(progress.skipped, step, present=act == SKIP)
            progress.confirmed = _set_member(progress.confirmed, step, present=act == CONFIRM)
        else:
            progress.hidden = act == HIDE
        progress.version = max(progress.version, 1)
        progress.save()
    return record


def _set_member(names: list[str], name: str, *, present: bool) -> list[str]:
    others = [one for one in names if one != name]
    return [*others, name] if present else others
