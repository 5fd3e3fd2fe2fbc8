"""Thumbnails of attached images: small WebP files that contain nothing of the original but its colors."""

import threading
from pathlib import Path

from crm.platform.files.limits import MAX_PIXELS

# Pixels of the longer side: more than twice the size on the page, for screens with several pixels to the point.
SIDE = 192
# Pillow has readers for many rare formats; these four are all that it may use.
FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
THUMBNAIL_ENDING = ".small"
# Reading an image takes much memory, so each process reads one at a time.
_one_at_a_time = threading.Lock()


def get_thumbnail_path(path: Path) -> Path:
    """Where the thumbnail of a kept file is, if it has one."""
    return path.with_name(path.name + THUMBNAIL_ENDING)


def make_thumbnail(path: Path) -> bool:
    """Make the thumbnail of a kept image. Returns False for an image that is too large or can't be read."""
    target = get_thumbnail_path(path)
    try:
        with _one_at_a_time:
            return _draw_thumbnail(path, target)
    except Exception:
        # Pillow reports damaged images with errors of many types. The file itself is kept, as it was sent.
        target.unlink(missing_ok=True)
        return False


def _draw_thumbnail(path: Path, target: Path) -> bool:
    # Imported here, so that only processes that need it have it in memory.
    from PIL import Image, ImageOps

    with Image.open(path, formats=FORMATS) as image:
        # The size in its header: nothing was unpacked yet.
        if image.width * image.height > MAX_PIXELS:
            return False
        # A photo is read at about the size that is needed. Only the first picture of a moving one is read.
        image.draft("RGB", (2 * SIDE, 2 * SIDE))
        # Turned when it is small already, because turning copies it.
        image.thumbnail((SIDE, SIDE))
        colors = ImageOps.exif_transpose(image).convert("RGBA")
        # A new image, because the other one brings along what the file says about itself: place, camera, comments.
        small = Image.new("RGBA", colors.size)
        small.paste(colors)
    target.touch(mode=0o600)
    small.save(target, "WEBP", quality=80, method=4)
    return True
