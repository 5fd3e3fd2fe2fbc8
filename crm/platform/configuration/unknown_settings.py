"""Settings in the environment that don't exist: a misspelled one would have no effect, and no one would notice."""

from collections.abc import Iterable
from difflib import get_close_matches

from crm.platform.configuration.setting_catalog import SETTING_CATALOG
from crm.platform.server.draining import NAME

PREFIX = "LEADWELL_"
# What Leadwell's own processes, tests and tools tell each other.
OWN = {
    NAME,
    "LEADWELL_THROWAWAY_DATABASE",
    "LEADWELL_MUTATIONS",
    "LEADWELL_NO_SKIPS",
    "LEADWELL_WHOLE_MATRIX",
}
OF_TESTS = "LEADWELL_TEST_"


def get_unknown_settings(names: Iterable[str]) -> list[str]:
    """A sentence for each of these names of variables that begins like a setting and is none, with the setting that was probably
    meant."""
    known = [setting.name for setting in SETTING_CATALOG]
    found = []
    for name in sorted(names):
        if name.startswith(PREFIX) and name not in {*known, *OWN} and not name.startswith(OF_TESTS):
            meant = get_close_matches(name, known, n=1, cutoff=0.8)
            found.append(
                f"{name} isn't a setting, so it has no effect."
                + (f" Did you mean {meant[0]}?" if meant else "")
            )
    return found
