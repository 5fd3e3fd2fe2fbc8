"""How large a file may be that comes in: said on the page, checked before and while it is read."""

FILE_BYTES = 100_000_000
# What a workbook may unpack to; above that it is a bomb or too much for one import.
UNPACKED_BYTES = 1_000_000_000
# A part larger than this that unpacks to so many times its size is made to fill the memory; workbooks reach 10 to 60.
BOMB_BYTES, BOMB_RATIO = 50_000_000, 200
PARTS = 5_000
SHEETS = 100
ROWS = 500_000
COLUMNS = 250
# From the first to the last cell of a sheet, empty ones between them included: each takes memory when it is read.
CELLS = 10_000_000
CELL_CHARACTERS = 200_000
# What the process that reads it may use at most: address space in bytes, time in seconds.
MEMORY_BYTES = 2_000_000_000
SECONDS = 120
# What it gets of that before it is known how much the file holds, and then for each place of the sheet, each filled cell
# and each byte of the texts that cells share.
FIRST_BYTES = 200_000_000
PLACE_BYTES, FILLED_BYTES, TEXT_BYTES = 40, 100, 2
# Texts that cells share and that are longer than this for each cell fill the memory for nothing.
SHARED_BYTES, SHARED_BYTES_A_CELL = 50_000_000, 1_000

TEXT_EXTENSIONS = (".csv", ".tsv", ".txt")
EXTENSIONS = (".xlsx", ".xlsm", ".xls", ".ods", *TEXT_EXTENSIONS)
