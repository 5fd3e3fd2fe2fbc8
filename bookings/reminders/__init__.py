"""The emails that remind visitors of what they booked."""
