"""The command line of Leadwell: records, imports, exports, bulk changes, undo and reports from a terminal, by API v2."""

__version__ = "0.3.0"
