"""Reading and writing Excel files, independent of record types; leads/excel.py defines the columns of leads."""
