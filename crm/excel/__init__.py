"""Excel: rows in and rows out. It knows no lead; leads/excel.py says which columns there are."""
