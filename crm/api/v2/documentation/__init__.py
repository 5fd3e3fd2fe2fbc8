"""What the OpenAPI description says about the calls of API v2."""
