"""Files to attach in browser tests: a real image of one pixel, and one with a long name."""

from base64 import b64decode

SCAN = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
FILES = [("scan.png", SCAN), ("the offer with a rather long name, second version.pdf", b"%PDF-1.7")]
