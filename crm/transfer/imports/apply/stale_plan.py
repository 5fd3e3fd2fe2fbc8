"""A plan that no longer fits."""


class Stale(Exception):
    """The plan is outdated; the sentence says why. Nothing was written."""
