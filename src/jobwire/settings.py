"""All settings, read once from the environment (`JOBWIRE_…`) and passed in from then on."""

from pathlib import Path
from typing import Annotated

from pydantic import AnyHttpUrl, BaseModel, ConfigDict, Field, SecretStr, field_validator
from pydantic.networks import UrlConstraints
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Origin = Annotated[AnyHttpUrl, UrlConstraints(host_required=True)]


class HostPace(BaseModel):
    """How fast one host may be asked: requests a second, and requests at a time."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    per_second: float = Field(gt=0, le=100_000)
    concurrency: int = Field(default=1, ge=1, le=256)


class Settings(BaseSettings):
    """Jobwire's settings. `docs/reference/settings.md` names each; a test checks that."""

    model_config = SettingsConfigDict(env_prefix="JOBWIRE_", frozen=True, extra="ignore")

    database_url: SecretStr | None = None
    """Any PostgreSQL ≥ 15; unset: an embedded one in `data_dir`."""
    data_dir: Path = Path("data")
    secret_key: SecretStr | None = Field(default=None, min_length=32)
    """Signs tokens; unset: made at first start and kept."""
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    max_connection_s: float = Field(default=900, gt=0, le=86_400)
    """A stream's connection lives at most this long, less a random tenth."""
    max_viewers: int = Field(default=10_000, ge=1)
    """So many connections to streams at a time, in each process."""
    max_viewers_per_user: int = Field(default=1_000, ge=1)
    metrics_open: bool = False
    """Whether `/metrics` answers others than this machine."""
    board_urls: dict[str, Origin] = Field(default_factory=dict)
    """The origin that stands in for a careers system's own, by system."""
    host_pace: dict[str, HostPace] = Field(default_factory=dict)
    allow_private_hosts: bool = False
    cors_origins: Annotated[list[str], NoDecode] = Field(default_factory=list)
    """Comma-separated origins whose pages may call the API."""
    keep_runs_days: int = Field(default=90, ge=1)
    raw_pages: str | None = Field(default=None, min_length=1)
    """Where what the boards sent is kept: a folder, a bucket, "off"; unset: in `data_dir`, next to its database."""
    keep_raw_days: int = Field(default=90, ge=1)

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [part for raw in value.split(",") if (part := raw.strip())] if isinstance(value, str) else value
