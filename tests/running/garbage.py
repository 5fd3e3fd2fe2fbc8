"""How often tests look for garbage."""

import gc

# What is imported and collected stays until the end, so looking through it while it grows takes a third of the time and finds nothing.
gc.disable()


def pytest_collection_finish(session) -> None:
    """Looking through all of this again and again would take a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 20, 20)
    gc.enable()
