"""How this installation runs: from `CRENEAU_*` environment variables or the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from platformdirs import user_data_path
from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class IdentityProvider(BaseModel):
    """An OpenID Connect provider the staff may sign on by, ProConnect or Pro Santé Connect say.

    name
        Stands in addresses and in the rules that let people in.
    title
        What the page of sign-on calls it.
    issuer
        Its address, exactly as it calls itself; `/.well-known/openid-configuration` is below it.
    acr_values
        Levels of authentication that are asked for; one of them must have been reached.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,31}$")
    title: str
    issuer: str = Field(pattern=r"^(https://|http://(127\.0\.0\.1|localhost)(:|/|$))")
    client_id: str
    client_secret: SecretStr
    scope: str = "openid"
    acr_values: tuple[str, ...] = ()


class Settings(BaseSettings):
    """Settings of one process, frozen; handed to what needs them, never read from a global.

    database_url
        `postgresql://...` of a server; None for the embedded PostgreSQL in `home`.
    home
        Folder of the embedded database, of the public files and of keys.
    public
        Another folder for the public files, best on a memory file system; None for one in `home`.
    public_url
        Address people reach this installation by; links in feeds and receipts begin with it.
    duplicate_policy
        Whether somebody who is booked already is answered like anybody, and flagged for the staff
        (`neutral`), or told so (`reject`), which tells anybody who knows their number, too.
    hold_minutes
        How long a pair stays blocked for somebody who fills in the form.
    answer_step_ms
        Answers about a booking leave on steps of so many milliseconds where their time would tell
        whether somebody is booked already, or an id exists; 0 for no steps.
    identity_providers
        Where the staff may sign on, as a JSON list; none: by token only.
    session_idle_minutes, session_hours
        A session ends when nothing came for so long, and in any case after so many hours.
    passkey_days
        How long after a sign-on by a provider passkeys stand in for it.
    queue_rate
        People a second that are let through before the waiting room has learned how many may be.
    """

    model_config = SettingsConfigDict(env_prefix="CRENEAU_", frozen=True, extra="ignore")

    database_url: str | None = None
    home: Path = Field(default_factory=lambda: user_data_path("creneau") / "home")
    public: Path | None = None
    public_url: str = "http://127.0.0.1:8000"
    hold_minutes: int = Field(default=10, ge=1, le=60)
    lock_timeout_ms: int = Field(default=2000, ge=10, le=60_000)
    answer_step_ms: int = Field(default=20, ge=0, le=1000)
    duplicate_policy: Literal["reject", "neutral"] = "neutral"
    identity_providers: tuple[IdentityProvider, ...] = ()
    session_idle_minutes: int = Field(default=30, ge=1, le=480)
    session_hours: int = Field(default=10, ge=1, le=24)
    passkey_days: int = Field(default=30, ge=1, le=90)
    queue_rate: float = Field(default=500.0, ge=1, le=100_000)
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @property
    def postgres_folder(self) -> Path:
        """Data folder of the embedded PostgreSQL."""
        return self.home / "postgres"

    @property
    def public_folder(self) -> Path:
        """Folder the publisher writes and everybody may read."""
        return self.public or self.home / "public"

    @property
    def record_folder(self) -> Path:
        """Folder of the daily records for the State, which are not public."""
        return self.home / "state"

    @property
    def plans_folder(self) -> Path:
        """Folder of the plans that may be published by order: NAME/instance and NAME/plan."""
        return self.home / "plans"
