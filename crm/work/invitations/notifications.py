"""Notifications of meetings: someone who is invited has answered."""

from django.utils.translation import gettext as _

from crm.platform.web.notifications import register_notice_kind


@register_notice_kind("invitation_answered", icon="calendar")
def get_answer_sentence(values: dict) -> str:
    match values.get("answer"):
        case "accepted":
            return _("%(address)s has accepted your invitation: “%(subject)s”.")
        case "declined":
            return _("%(address)s has declined your invitation: “%(subject)s”.")
        case "proposed":
            return _("%(address)s proposes another time for “%(subject)s”.")
        case "failed":
            return _("Your invitation to %(address)s couldn’t be delivered: “%(subject)s”.")
    return _("%(address)s has tentatively accepted your invitation: “%(subject)s”.")
