"""Background work on leads: changes in Settings that affect many of them."""

from leads.settings import exchange, merging, pipeline_retirement, retirement  # noqa: F401 - register their job kinds
