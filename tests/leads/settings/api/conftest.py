"""The calls of API v2 that change the lists in Settings."""

from tests.api.conftest import umbra

__all__ = ["umbra"]
