"""A plan that no longer fits."""


class StalePlan(Exception):
    """The plan is outdated; the sentence says why. Nothing was written."""
