"""The pages of the suppression list, of mailing accounts, and of the results of mailings."""

SENDING = {
    "mailing_settings:suppressed": "/admin/mailings/suppressed",
    "mailing_settings:suppressed_import": "/admin/mailings/suppressed/import",
    "mailing_settings:accounts": "/admin/mailings/accounts",
    "mailing_settings:account": "/admin/mailings/accounts/{mailbox}",
    "mailing_settings:account_key": "/admin/mailings/accounts/{mailbox}/key",
    "mailing_settings:account_key_remove": "/admin/mailings/accounts/{mailbox}/key/remove",
    "mailing_settings:results": "/admin/mailings/{mailing}/results",
}
