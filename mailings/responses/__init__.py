"""What happens after sending: opens, clicks, bounces, answers, results."""
