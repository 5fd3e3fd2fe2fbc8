"""What every kind of record shares: operations, history, undo, pages, filters, tables, bulk changes."""
