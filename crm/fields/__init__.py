"""Field types: how a value of each type is validated, shown, filtered, sorted, folded, read from and written to Excel
and JSON. Every screen, file and program that shows a value asks its type; nothing else decides how it looks."""
