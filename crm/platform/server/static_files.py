"""The static files of this build and of the one before, which pages that are still open name, and those of other nodes that
run the previous version.

A file's name contains its content's hash, so the files of two builds don't get in each other's way.
"""

import hashlib
import json
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from crm.platform.configuration.environment import Say

# How many builds are served: this one and the one before.
BUILDS = 2
MANIFEST = "staticfiles.json"
COMPRESSED = ("", ".gz", ".br")


def prepare_pages(say: Say) -> None:
    """Collect the static files if they changed since the last start."""
    stamp, folder = settings.DATA / "static.stamp", Path(settings.STATIC_ROOT)
    wanted = _compute_fingerprint()
    if stamp.exists() and stamp.read_text() == wanted and folder.exists():
        return
    say("Collecting static files …")
    stamp.unlink(missing_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    builds = _get_last_builds(_get_build_names(folder), _read_known_builds())
    # Those without a hash too: one with an older time wouldn't be replaced.
    _remove_all_but(folder, builds)
    call_command("collectstatic", interactive=False, verbosity=0)
    builds = _get_last_builds(_get_build_names(folder), builds)
    _get_builds_path().write_text(json.dumps(builds))
    _remove_all_but(folder, [*builds, list(_read_manifest(folder))])
    stamp.write_text(wanted)


def _compute_fingerprint() -> str:
    """Changes with every file's name, size, or modification time."""
    told = hashlib.sha256(str(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for path, storage in sorted(finder.list([]), key=lambda found: found[0]):
            size, changed = storage.size(path), storage.get_modified_time(path).timestamp()
            told.update(f"{path} {size} {changed}\n".encode())
    return told.hexdigest()


def _get_last_builds(build: list[str], earlier: list[list[str]]) -> list[list[str]]:
    """The last builds, each a list of names with hashes, the newest first. One that was collected again isn't another."""
    return [found for found in (build, *(known for known in earlier if known != build)) if found][:BUILDS]


def _get_build_names(folder: Path) -> list[str]:
    return sorted(_read_manifest(folder).values())


def _read_manifest(folder: Path) -> dict[str, str]:
    """Names with hashes, by the names in the source; {} if nothing was collected yet."""
    try:
        return json.loads((folder / MANIFEST).read_text())["paths"]
    except (OSError, ValueError, KeyError):
        return {}


def _get_builds_path() -> Path:
    return settings.DATA / "static.builds"


def _read_known_builds() -> list[list[str]]:
    try:
        return json.loads(_get_builds_path().read_text())
    except (OSError, ValueError):
        return []


def _remove_all_but(folder: Path, builds: list[list[str]]) -> None:
    kept = {folder / f"{name}{ending}" for names in builds for name in names for ending in COMPRESSED}
    kept.add(folder / MANIFEST)
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not path.is_symlink():
            if not any(path.iterdir()):
                path.rmdir()
        elif path not in kept:
            path.unlink()
