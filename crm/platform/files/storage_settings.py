"""Where files are kept, which LEADWELL_FILES says: what Django's settings need to know, so no model is loaded here."""

from pathlib import Path
from typing import Any


def is_bucket(files: str) -> bool:
    return files.startswith("s3://")


def build_storage_setting(files: str) -> dict[str, Any]:
    """The entry of Django's STORAGES for this value of LEADWELL_FILES."""
    if is_bucket(files):
        return {"BACKEND": "crm.platform.files.s3_store.Bucket", "OPTIONS": {"address": files}}
    return {"BACKEND": "crm.platform.files.folder_store.Folder", "OPTIONS": {"shared": bool(files)}}


def get_media_root(files: str, data: Path) -> Path:
    """MEDIA_ROOT. A bucket doesn't use it."""
    return Path(files) if files and not is_bucket(files) else data / "files"
