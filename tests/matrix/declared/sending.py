"""The URLs of the suppression list, of mailing accounts, and of the results of mailings."""

from tests.matrix.oracle import Row, form, get, post

SUPPRESSED, ACCOUNTS = "admin/mailings/suppressed", "admin/mailings/accounts"
RIGHT = "mailings.{}_suppression".format
VIEW, ADD, DELETE = map(RIGHT, ("view", "add", "delete"))
CHANGE_MAILBOX = "mailboxes.change_mailbox"
LIMITS = {"most_an_hour": "10", "most_a_day": "20", "most_a_minute_to_domain": "5"}
SENDING: list[Row] = [
    *get(SUPPRESSED, VIEW),
    *post(SUPPRESSED, VIEW, ADD, data={"address": "someone@else.example"}),
    *form(f"{SUPPRESSED}/import", ADD),
    *get(f"{SUPPRESSED}/export", VIEW),
    *post(f"{SUPPRESSED}/<int:pk>/delete", DELETE, of="suppression"),
    *get(ACCOUNTS, "mailboxes.view_mailbox"),
    *form(f"{ACCOUNTS}/<int:pk>", CHANGE_MAILBOX, of="mailbox", data=LIMITS),
    *post(f"{ACCOUNTS}/<int:pk>/remove", CHANGE_MAILBOX, of="mailbox"),
    *form(f"{ACCOUNTS}/<int:pk>/key", CHANGE_MAILBOX, of="mailbox", data={"selector": "keyqq"}),
    *post(f"{ACCOUNTS}/<int:pk>/key/use", CHANGE_MAILBOX, of="mailbox", data={"signs": "on"}),
    *form(f"{ACCOUNTS}/<int:pk>/key/remove", CHANGE_MAILBOX, of="mailbox"),
    *get("admin/mailings/<int:pk>/results", "mailings.view_mailing", of="mailing"),
]
