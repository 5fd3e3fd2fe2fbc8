"""Signing in through an identity provider (OpenID Connect): the protocol, who someone is here, and what they may do."""
