"""What is known of the tests from earlier runs: the places that each one reaches, and its seconds.

It is kept by file of tests. A file is learned again when it changes, and when a module that its tests reach has other places
than it had. All are when there are places in another module, because any test may reach it. Places are kept by their names, so
lines may move.
"""

import json
from collections import defaultdict
from hashlib import sha256
from pathlib import Path
from typing import Any

# By test: its seconds and the names of the places that it reaches.
Reached = dict[str, tuple[float, list[str]]]


class Learned:
    def __init__(self, file: Path, names: list[str]) -> None:
        """`names` are those of all places today. They begin with the path of the module."""
        self.file, self.names = file, names
        by_module: dict[str, list[str]] = defaultdict(list)
        for name in sorted(names):
            by_module[name.partition(" ")[0]].append(name)
        self.modules = {
            module: sha256("\n".join(own).encode()).hexdigest()[:16] for module, own in by_module.items()
        }
        self.files: dict[str, dict[str, Any]] = {}
        if file.exists():
            self._read(json.loads(file.read_text()))

    def _read(self, kept: dict[str, Any]) -> None:
        if not self.modules.keys() <= {*kept.get("modules", [])}:
            return
        # Names are kept once, because a hundred tests reach each.
        names = kept.get("names", [])
        for name, known in kept.get("files", {}).items():
            tests = {
                test: (seconds, [names[place] for place in places])
                for test, (seconds, places) in known["tests"].items()
            }
            self.files[name] = known | {"tests": tests}

    def of(self, file: str, state: str, tests: list[str]) -> Reached | None:
        """What these tests of a file reach; None if it has to be learned again."""
        known = self.files.get(file)
        if known is None or known["state"] != state or not set(tests) <= known["tests"].keys():
            return None
        if any(self.modules.get(module) != places for module, places in known["modules"].items()):
            return None
        return known["tests"]

    def learn(self, file: str, state: str, tests: Reached) -> None:
        modules = {name.partition(" ")[0] for _seconds, places in tests.values() for name in places}
        kept = {module: self.modules[module] for module in sorted(modules)}
        self.files[file] = {"state": state, "tests": tests, "modules": kept}

    def write(self, without: set[str]) -> None:
        """Without these files, whose tests have failed: they are learned again the next time."""
        files = {name: known for name, known in self.files.items() if name not in without}
        used = {
            name
            for known in files.values()
            for _seconds, places in known["tests"].values()
            for name in places
        }
        names = sorted(used)
        numbers = {name: number for number, name in enumerate(names)}
        written = {
            file: known
            | {
                "tests": {
                    test: (round(seconds, 3), [numbers[name] for name in places])
                    for test, (seconds, places) in known["tests"].items()
                }
            }
            for file, known in files.items()
        }
        self.file.parent.mkdir(parents=True, exist_ok=True)
        new = self.file.with_suffix(".new")
        new.write_text(json.dumps({"names": names, "modules": sorted(self.modules), "files": written}))
        new.replace(self.file)


def state_of(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()
