"""How rows are drawn: tables, totals, cards."""
