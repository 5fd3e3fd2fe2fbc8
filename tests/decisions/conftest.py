"""A company whose leads have only the fields that they are delivered with."""

import pytest

from tests.decisions.on_paper import defined


@pytest.fixture
def on_paper():
    with defined():
        yield
