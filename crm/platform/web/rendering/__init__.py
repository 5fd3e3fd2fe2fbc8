"""What templates are given: forms, icons, markup."""
