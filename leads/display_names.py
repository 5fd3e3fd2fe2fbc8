"""A lead's display name: its own name, or else the company or the first other known detail."""

from crm.records.kinds.display_names import PersonNames

NAMING = PersonNames(("company", "email", "phone", "mobile"))
