"""Thumbnails: drawn from four formats, small, without anything of the original but its colors; bombs are never unpacked."""

import io
import struct
import zlib

import pytest
from PIL import Image, ImageFile

from crm.platform.files import picture_reading
from crm.platform.files.thumbnails import SIDE, get_thumbnail_path, make_thumbnail
from tests.crm.work.activities.attaching import picture


@pytest.fixture
def kept(tmp_path):
    """kept(content) is the path of a file with this content."""

    def written(content: bytes):
        path = tmp_path / "kept"
        path.write_bytes(content)
        return path

    return written


@pytest.mark.parametrize("format", ["PNG", "JPEG", "GIF", "WEBP"])
def test_an_image_gets_a_small_webp_of_the_same_shape(kept, format):
    path = kept(picture(800, 400, format))
    assert make_thumbnail(path)
    with Image.open(get_thumbnail_path(path)) as small:
        assert (small.format, small.size) == ("WEBP", (SIDE, SIDE // 2))
    assert get_thumbnail_path(path).stat().st_mode & 0o777 == 0o600


def test_a_small_image_is_not_made_larger(kept):
    path = kept(picture(20, 10))
    assert make_thumbnail(path)
    with Image.open(get_thumbnail_path(path)) as small:
        assert small.size == (20, 10)


def test_a_thumbnail_says_nothing_about_where_and_with_what_the_photo_was_taken(kept):
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Secret camera", 6
    photo = picture(400, 200, "JPEG", exif=exif, comment=b"Secret comment")
    assert b"Secret camera" in photo
    path = kept(photo)
    assert make_thumbnail(path)
    content = get_thumbnail_path(path).read_bytes()
    for part in (b"Secret", b"EXIF", b"ICCP", b"XMP "):
        assert part not in content
    with Image.open(io.BytesIO(content)) as small:
        # Turned as the camera was held.
        assert small.size == (SIDE // 2, SIDE)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def test_a_decompression_bomb_is_not_unpacked(kept, monkeypatch):
    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 6, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1_000)))
    unpacked = []
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda image: unpacked.append(image.size))
    path = kept(bomb)
    assert not make_thumbnail(path)
    assert unpacked == []
    assert not get_thumbnail_path(path).exists()


def test_the_limit_is_the_number_of_pixels(kept, monkeypatch):
    monkeypatch.setattr(picture_reading, "MAX_PIXELS", 100)
    assert make_thumbnail(kept(picture(10, 10)))
    assert not make_thumbnail(kept(picture(10, 11)))


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        picture()[:200],
        picture(format="JPEG")[:-200] + b"x",
        b"RIFF\x10\0\0\0WEBPVP8 ",
        picture(format="BMP"),
        picture(format="PDF"),
    ],
)
def test_an_image_that_is_damaged_or_of_another_format_gets_no_thumbnail(kept, content):
    path = kept(content)
    assert not make_thumbnail(path)
    assert not get_thumbnail_path(path).exists()
