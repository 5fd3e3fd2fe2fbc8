"""Reading a picture that someone sent: one at a time, within limits, and nothing of it but its colors."""

import threading
from pathlib import Path
from typing import Any, BinaryIO

from crm.platform.files.limits import MAX_PIXELS

# Reading a picture takes much memory, so each process reads one at a time.
_one_at_a_time = threading.Lock()


def read_picture(file: Path | BinaryIO, formats: tuple[str, ...], size: tuple[int, int]) -> Any:
    """A picture of Pillow, in RGBA, at most as large as `size`; None for one that is damaged or has too many pixels.

    Pillow has readers for many rare formats; `formats` are all that it may use.
    """
    try:
        with _one_at_a_time:
            return _read(file, formats, size)
    except Exception:
        # Pillow reports damaged pictures with errors of many types.
        return None


def _read(file: Path | BinaryIO, formats: tuple[str, ...], size: tuple[int, int]) -> Any:
    # Imported here, so that only processes that need it have it in memory.
    from PIL import Image, ImageOps

    with Image.open(file, formats=formats) as image:
        # The size in its header: nothing was unpacked yet.
        if image.width * image.height > MAX_PIXELS:
            return None
        # A photo is read at about the size that is needed. Only the first picture of a moving one is read.
        image.draft("RGB", (2 * size[0], 2 * size[1]))
        # Turned when it is small already, because turning copies it.
        image.thumbnail(size)
        colors = ImageOps.exif_transpose(image).convert("RGBA")
        # A new picture, because the other one brings along what the file says about itself: place, camera, comments.
        plain = Image.new("RGBA", colors.size)
        plain.paste(colors)
    return plain
