"""A tool finds the calls of API v2 without trying the addresses of all pages."""

import re

import pytest
from django.urls import Resolver404, resolve

from assistants.api_calls import find_view
from tests.matrix.declared.api import API

PATHS = sorted({f"/{re.sub('<[^>]+>', '17', call.path)}" for call in API if call.path.startswith("api/v2/")})


def test_each_call_has_the_view_that_its_address_has():
    assert len(PATHS) > 100
    for path in PATHS:
        found, expected = find_view(path), resolve(path)
        assert (found.func, found.args, found.kwargs) == (expected.func, expected.args, expected.kwargs), path


@pytest.mark.parametrize("path", ["/api/v2/nothing", "/api/v2/leads/17/nothing", "/api/v2/"])
def test_what_is_no_address_is_none_here_either(path):
    with pytest.raises(Resolver404):
        find_view(path)
