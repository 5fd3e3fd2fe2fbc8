"""The worker's part in duplicates: scanning for them, when asked and every night, and merging exact ones."""

from duplicates import nightly_scan  # noqa: F401 - registers its step and its job kind
from duplicates.exact import jobs  # noqa: F401 - registers its step and its job kinds
from duplicates.scanning import scan  # noqa: F401 - registers its job kind
