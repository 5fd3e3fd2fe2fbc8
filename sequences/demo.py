"""The sequences of the demo company: two that are on, with leads in several states."""

from crm.platform.configuration.environment import Say


def add_sequences(total: int, say: Say) -> None:
    """Once: a company that has sequences keeps them."""
