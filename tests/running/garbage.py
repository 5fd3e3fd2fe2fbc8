"""How often tests look for garbage."""

import gc


def pytest_collection_finish(session) -> None:
    """Everything that was imported and collected stays until the end. Looking through it again and again would take
    a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 20, 20)
