"""What all record types share: operations, history, undo, pages, filters, tables, bulk changes."""
