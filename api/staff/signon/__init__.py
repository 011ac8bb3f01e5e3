"""Signing on by an identity provider or a passkey, and the sessions that follow."""
