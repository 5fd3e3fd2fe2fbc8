"""Notifications of mailboxes: an email has arrived, a mailbox can't be read."""

from django.utils.translation import gettext as _

from crm.platform.web.notifications import register_notice_kind


@register_notice_kind("email_received", icon="mail")
def get_received_sentence(values: dict) -> str:
    return _("New email from %(sender)s for %(name)s: “%(subject)s”.")


@register_notice_kind("email_skipped")
def get_skipped_sentence(values: dict) -> str:
    if not values.get("sender"):
        return _(
            "An email to the mailbox “%(mailbox)s” can’t be read and was skipped. Open it in your email program."
        )
    return _(
        "An email from %(sender)s to the mailbox “%(mailbox)s” can’t be read and was skipped: “%(subject)s”. "
        "Open it in your email program."
    )


@register_notice_kind("email_bounced")
def get_bounced_sentence(values: dict) -> str:
    return _("Your email to %(address)s for %(name)s couldn’t be delivered.")


@register_notice_kind("mailbox_ended")
def get_lost_access_sentence(values: dict) -> str:
    return _("The mailbox “%(mailbox)s” has lost its access. Connect the mailbox again.")


@register_notice_kind("personal_mailbox_ended")
def get_personal_lost_access_sentence(values: dict) -> str:
    return _("The mailbox of %(whose)s has lost its access. They’ve been asked to connect it again.")


@register_notice_kind("mailbox_failing")
def describe_failing_mailbox(values: dict) -> str:
    return _("The mailbox “%(mailbox)s” can’t be read. Its page says why.")
