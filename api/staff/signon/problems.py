"""What can go wrong at signing on."""

from __future__ import annotations

from api.problems import Problem


class SignOnRefused(Problem):
    """The provider, or the passkey, did not prove what was asked, or nobody let this person in."""

    status = 403
    slug = "sign-on-refused"
    title = "This sign-on lets nobody in"


class ProviderUnreachable(Problem):
    """The identity provider does not answer, or not as one."""

    status = 503
    slug = "provider-unreachable"
    title = "The identity provider does not answer at this moment"


class ForeignOrigin(Problem):
    """A change that comes with a session was not sent by a page of this installation."""

    status = 403
    slug = "foreign-origin"
    title = "Changes are taken from the pages of this installation only"
