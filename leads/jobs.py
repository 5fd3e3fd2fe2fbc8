"""The kinds of background work on leads: what the settings do to many of them."""

from leads.settings import exchange, merging, pipeline_retirement, retirement  # noqa: F401 - kinds of jobs of their own
