"""A template, and departments that work at any hour."""

from tests.sequences.conftest import always, second, template

__all__ = ["always", "second", "template"]
