"""The picture of a logo as pages show it: small, and without what the file says about itself."""

import hashlib
from dataclasses import dataclass
from io import BytesIO
from typing import Any, BinaryIO

from crm.platform.files.content_detection import detect_content_type
from crm.platform.files.picture_reading import read_picture

# Formats that Pillow may read, by their media type.
FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"}
# Pixels: more than twice the size on the sign-in page, for screens with several pixels to the point.
WIDEST, HIGHEST = 480, 128
# It is read larger, because its empty edges are cut off first.
READ = (4 * WIDEST, 4 * HIGHEST)
# Of 255. A logo that is brighter on average and has no ground of its own can't be seen on a light page.
BRIGHTEST = 200


@dataclass(frozen=True)
class Logo:
    """A WebP picture. Its name has its hash and its size, and says if it needs a dark ground: "1f0c…-480x120-bright"."""

    name: str
    content: bytes


def draw_logo(file: BinaryIO) -> Logo | None:
    """None for a file that is none of the formats, is empty or damaged, or has too many pixels. Judged by its bytes alone."""
    form = FORMATS.get(detect_content_type(file))
    picture = read_picture(file, (form,), READ) if form else None
    box = picture.getchannel("A").getbbox() if picture else None
    if picture is None or box is None:
        return None
    ending = "-bright" if _is_too_bright(picture) else ""
    small = picture.crop(box)
    small.thumbnail((WIDEST, HIGHEST))
    written = BytesIO()
    small.save(written, "WEBP", lossless=True, method=4)
    content = written.getvalue()
    return Logo(f"{hashlib.sha256(content).hexdigest()[:32]}-{small.width}x{small.height}{ending}", content)


def _is_too_bright(picture: Any) -> bool:
    """Whether what is drawn is bright, on nothing. A picture that fills its rectangle has a ground of its own."""
    drawn = picture.getchannel("A").point(lambda value: 255 if value > 127 else 0)
    counts = picture.convert("L").histogram(mask=drawn)
    pixels = sum(counts)
    if not 0 < pixels < 0.98 * picture.width * picture.height:
        return False
    return sum(value * count for value, count in enumerate(counts)) / pixels > BRIGHTEST
