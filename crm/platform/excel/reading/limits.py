"""Size limits for uploaded files: shown on the page, checked before and during reading."""

FILE_BYTES = 100_000_000
# The unpacked size of a workbook; above that it is a zip bomb or too much for one import.
UNPACKED_BYTES = 1_000_000_000
# A part larger than this that unpacks to this many times its size is designed to fill the memory; real workbooks reach
# 10 to 60.
BOMB_BYTES, BOMB_RATIO = 50_000_000, 200
PARTS = 5_000
SHEETS = 100
ROWS = 500_000
COLUMNS = 250
# From the first to the last cell of a sheet, including empty ones between them: each takes memory when read.
CELLS = 10_000_000
CELL_CHARACTERS = 200_000
# Limits of the reading process: address space in bytes, time in seconds.
MEMORY_BYTES = 2_000_000_000
SECONDS = 120
# How much memory the process gets before the content of the file is known, then for each position of the sheet, each
# filled cell, and each byte of the shared strings.
FIRST_BYTES = 200_000_000
PLACE_BYTES, FILLED_BYTES, TEXT_BYTES = 40, 100, 2
# Links of cells that are read: more than the 65,530 that Excel allows in a sheet. How much memory each of them gets.
LINKS, LINK_BYTES = 200_000, 600
# Shared strings longer than this per cell only fill the memory.
SHARED_BYTES, SHARED_BYTES_A_CELL = 50_000_000, 1_000

TEXT_EXTENSIONS = (".csv", ".tsv", ".txt")
EXTENSIONS = (".xlsx", ".xlsm", ".xls", ".ods", ".xml", *TEXT_EXTENSIONS)
