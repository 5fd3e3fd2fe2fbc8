"""Decision tables: each rule that decides about data, case by case, asked of the function that decides."""
