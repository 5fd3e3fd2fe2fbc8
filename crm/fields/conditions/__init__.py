"""What a filter or condition asks of a value: operators, ranges, periods and ages."""
