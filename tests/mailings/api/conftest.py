"""The calls of API v2 about mailings."""

from tests.api.conftest import umbra

__all__ = ["umbra"]
