"""A real OpenID Connect provider for the tests of sign-on."""
