"""The sentences of the notifications about web forms and incoming webhooks."""

from django.utils.translation import gettext as _

from crm.platform.web.notifications import register_notice_kind
from intake.forms.submissions.gap_sentences import describe_gaps


@register_notice_kind("web_form", icon="request")
def describe_submission(values: dict) -> str:
    return _("New lead from the form “%(form)s”: %(name)s.")


@register_notice_kind("web_form_again", icon="request")
def get_form_again_sentence(values: dict) -> str:
    return _("%(name)s filled in the form “%(form)s” again.")


@register_notice_kind("incoming_webhook_again", icon="request")
def get_webhook_again_sentence(values: dict) -> str:
    return _("%(name)s came in again through the incoming webhook “%(form)s”.")


@register_notice_kind("web_form_incomplete")
def describe_incomplete_submission(values: dict) -> str:
    words = _("Leads from the form “%(form)s” are incomplete.")
    # The labels of fields are part of the sentence, which is filled in afterwards.
    marks = [mark.replace("%", "%%") for mark in describe_gaps(values.get("codes", []))]
    return " ".join([words, *marks])


@register_notice_kind("web_form_failed")
def get_form_failed_sentence(values: dict) -> str:
    return _("The form “%(form)s” was sent, but no lead could be added. Open the submission to see why.")


@register_notice_kind("incoming_webhook_attention")
def describe_webhook_attention(values: dict) -> str:
    return _("Calls to the incoming webhook “%(webhook)s” need attention: no record could be added.")
