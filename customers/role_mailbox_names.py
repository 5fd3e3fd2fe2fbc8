"""The names of mailboxes that belong to a role: what is in front of the @."""

# Mailboxes of a role rather than a person. Their readers change, and some never asked for a mailing.
ROLES = [
    "abuse", "accounting", "admin", "administrator", "billing", "contact", "contabilitate", "hostmaster", "hr", "info",
    "jobs", "mail", "marketing", "no-reply", "noreply", "office", "postmaster", "privacy", "sales", "secretariat",
    "security", "service", "support", "team", "vanzari", "webmaster",
]  # fmt: skip


def is_of_role(email: str) -> bool:
    return email.partition("@")[0].lower() in ROLES
