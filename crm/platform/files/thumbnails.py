"""Thumbnails of attached images: small WebP files that contain nothing of the original but its colors."""

from pathlib import Path

from crm.platform.files.picture_reading import read_picture

# Pixels of the longer side: more than twice the size on the page, for screens with several pixels to the point.
SIDE = 192
FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
THUMBNAIL_ENDING = ".small"


def get_thumbnail_path(path: Path) -> Path:
    """Where the thumbnail of a kept file is, if it has one."""
    return path.with_name(path.name + THUMBNAIL_ENDING)


def make_thumbnail(path: Path) -> bool:
    """Make the thumbnail of a kept image. Returns False for an image that is too large or can't be read."""
    small = read_picture(path, FORMATS, (SIDE, SIDE))
    if small is None:
        return False
    target = get_thumbnail_path(path)
    target.touch(mode=0o600)
    try:
        small.save(target, "WEBP", quality=80, method=4)
    except OSError:
        # The file itself is kept, as it was sent.
        target.unlink(missing_ok=True)
        return False
    return True
