"""Leads' settings: statuses, sources, pipelines, tags, lost reasons, exchange rates, and how they are changed."""
