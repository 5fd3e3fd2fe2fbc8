"""What the audit log records: the closed list of kinds, and the names of their details. An event that isn't listed here fails
the tests."""

from typing import Any

from django.utils.translation import gettext_lazy as _

GROUPS: list[tuple[Any, dict[str, Any]]] = [
    (
        _("Signing in"),
        {
            "signed_in": _("signed in"),
            "signed_out": _("signed out"),
            "signed_out_elsewhere": _("signed out of other devices"),
            "session_ended": _("ended a session"),
            "sessions_ended": _("signed a user out on all devices"),
            "sign_in_failed": _("failed to sign in"),
            "password_wrong": _("entered a wrong current password"),
            "code_wrong": _("entered a wrong code"),
            "passkey_rejected": _("used a passkey that wasn’t accepted"),
            "sign_on_failed": _("failed to sign in through a provider"),
            "account_code_used": _("signed in with a recovery code"),
            "slowed_down": _("blocked after too many wrong passwords"),
            "calendar_address_created": _("created a calendar address"),
            "calendar_address_revoked": _("turned off a calendar address"),
            "device_added": _("turned on notifications on a device"),
            "device_removed": _("removed a device"),
        },
    ),
    (
        _("Denied"),
        {
            "refused": _("denied access to a page or call"),
            "rejected": _("sent invalid input"),
            "out_of_reach": _("asked for a record without access to it"),
        },
    ),
    (
        _("Accounts and permissions"),
        {
            "password_link_sent": _("sent a password link"),
            "account_password": _("changed a password"),
            "account_email": _("changed an email address"),
            "account_roles": _("changed the roles of a user"),
            "account_departments": _("changed the departments of a user"),
            "account_token_added": _("created an API token"),
            "account_token_renewed": _("renewed an API token"),
            "account_token_revoked": _("revoked an API token"),
            "account_app_added": _("added an authenticator app"),
            "account_app_removed": _("removed an authenticator app"),
            "account_passkey_added": _("added a passkey"),
            "account_passkey_removed": _("removed a passkey"),
            "account_codes_made": _("created new recovery codes"),
            "account_factors_off": _("turned off two-step verification"),
            "account_factors_reset": _("reset the two-step verification of a user"),
            "user_added": _("added a user"),
            "user_deactivated": _("deactivated a user"),
            "user_reactivated": _("reactivated a user"),
            "provisioned": _("called SCIM to change users"),
            "role_added": _("added a role"),
            "role_changed": _("changed a role"),
            "role_retired": _("retired a role"),
            "role_restored": _("restored a role"),
            "role_second_factor": _("changed whether a role requires two-step verification"),
            "sign_on_provider_saved": _("changed an identity provider"),
            "sign_on_provider_removed": _("removed an identity provider"),
            "sign_on_mapping_saved": _("changed which groups give which role"),
            "sign_on_only": _("turned only single sign-on on or off"),
            "sign_on_linked": _("linked an account of an identity provider"),
            "sign_on_unlinked": _("unlinked an account of an identity provider"),
            "sign_on_deactivated": _("deactivated a user because their provider gives no role"),
            "sign_on_kept": _("kept an administrator although their provider gives another role"),
            "mailbox_saved": _("changed a mailbox"),
            "mailbox_removed": _("removed a mailbox"),
            "mailbox_connected": _("connected a mailbox"),
            "own_mailbox_saved": _("changed their own mailbox"),
            "own_mailbox_removed": _("removed their own mailbox"),
            "mailbox_client_saved": _("changed an OAuth client for mailboxes"),
            "mailing_account_saved": _("changed a mailing account"),
            "mailing_account_removed": _("removed a mailing account"),
            "viewed_as": _("viewed Leadwell as another user"),
        },
    ),
    (
        _("Mailings"),
        {
            "mailing_asked": _("requested approval for a mailing"),
            "mailing_approved": _("approved a mailing"),
            "mailing_declined": _("declined a mailing"),
            "mailing_scheduled": _("scheduled a mailing"),
            "mailing_canceled": _("canceled a mailing"),
        },
    ),
    (
        _("Exports, imports and undo"),
        {
            "export": _("exported records"),
            "export_asked": _("requested an export"),
            "export_decided": _("decided on an export"),
            "export_fetched": _("downloaded an earlier export"),
            "imported": _("imported records"),
            "suppression_added": _("added an address to the suppression list"),
            "suppression_removed": _("removed an address from the suppression list"),
            "suppression_imported": _("imported addresses to the suppression list"),
            "suppression_exported": _("exported the suppression list"),
            "undone": _("undid a change"),
            "deleted_permanently": _("permanently deleted records"),
        },
    ),
    (
        _("Viewing"),
        {
            "viewed": _("viewed a record"),
            "searched": _("searched"),
            "read_by_program": _("read records through the API"),
            "audit_read": _("read the audit log"),
            "audit_exported": _("exported the audit log"),
        },
    ),
]
KINDS: dict[str, Any] = {name: label for _group, kinds in GROUPS for name, label in kinds.items()}

# The details that the page shows, in this order. Others, such as the number of an operation, become links.
DETAILS: dict[str, Any] = {
    "tried": _("Email"),
    "of_email": _("User"),
    "role": _("Role"),
    "provider": _("Provider"),
    "mailbox": _("Mailbox"),
    "address": _("Email address"),
    "why": _("Reason"),
    "before": _("before"),
    "after": _("after"),
    "added": _("added"),
    "removed": _("removed"),
    "text": _("Search"),
    "query": _("Filter"),
    "rows": _("Records"),
    "answer": _("Answer"),
    "device": _("Device"),
    "token": _("Token"),
    "status": _("Status code"),
    "method": _("Method"),
    "path": _("Path"),
    "fields": _("Fields"),
    "file": _("File"),
}


def choices() -> list[tuple[Any, list[tuple[str, Any]]]]:
    """For a filter, in groups."""
    return [(group, list(kinds.items())) for group, kinds in GROUPS]
