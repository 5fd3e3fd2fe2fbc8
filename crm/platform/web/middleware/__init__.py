"""What happens to each request before and after its view."""
