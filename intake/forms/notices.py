"""The sentences of the notifications about web forms."""

from django.utils.translation import gettext as _

from crm.web.notices import notice_kind


@notice_kind("web_form", icon="request")
def web_form(values: dict) -> str:
    return _("New lead from the form “%(form)s”: %(name)s.")


@notice_kind("web_form_again", icon="request")
def web_form_again(values: dict) -> str:
    return _("%(name)s filled in the form “%(form)s” again.")
