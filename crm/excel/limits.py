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
CELL_CHARACTERS = 200_000
# What the process that reads it may use: address space in bytes, time in seconds.
MEMORY_BYTES = 2_000_000_000
SECONDS = 120

EXTENSIONS = (".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".tsv", ".txt")
