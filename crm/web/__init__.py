"""What every page shares: answers, forms, icons, transactions, errors."""
