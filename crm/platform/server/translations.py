"""Translations: compiles every locale/*/LC_MESSAGES/*.po into the .mo that Django reads, without system tools."""

import os
from pathlib import Path

import polib
from django.conf import settings

from crm.platform.configuration.environment import SettingError


def compile_messages() -> list[Path]:
    """Compile every .po that is newer than its .mo. Returns the files written.

    Raises SettingError if a .po is invalid or its folder can't be written.
    """
    written = []
    for folder in settings.LOCALE_PATHS:
        for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
            target = source.with_suffix(".mo")
            if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
                continue
            _compile_catalog(source, target)
            written.append(target)
    return written


def _compile_catalog(source: Path, target: Path) -> None:
    # Web server and worker may start at the same time.
    draft = target.with_suffix(f".{os.getpid()}.mo")
    try:
        polib.pofile(str(source)).save_as_mofile(str(draft))
        draft.replace(target)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"{source} can't be compiled: {error}") from None
