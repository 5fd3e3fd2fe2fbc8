"""What every page shares: responses, forms, icons, transactions, errors."""
