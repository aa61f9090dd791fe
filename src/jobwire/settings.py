"""All settings, read once from the environment (`JOBWIRE_…`) and passed in from then on."""

from pathlib import Path
from typing import Annotated

from pydantic import AnyHttpUrl, BaseModel, ConfigDict, Field, SecretStr, field_validator
from pydantic.networks import UrlConstraints
from pydantic_core import from_json
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Origin = Annotated[AnyHttpUrl, UrlConstraints(host_required=True)]


class HostPace(BaseModel):
    """How fast one host may be asked: requests a second, and requests at a time."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    per_second: float = Field(gt=0, le=100_000)
    concurrency: int = Field(default=1, ge=1, le=256)


class Settings(BaseSettings):
    """Jobwire's settings. `docs/reference/settings.md` names each; a test checks that.

    A field's description completes "It takes …", for whoever has set something else.
    """

    model_config = SettingsConfigDict(env_prefix="JOBWIRE_", frozen=True, extra="ignore")

    database_url: SecretStr | None = Field(
        default=None, description="the address of a PostgreSQL: postgresql://user:password@host:5432/database"
    )
    """Any PostgreSQL ≥ 15; unset: an embedded one in `data_dir`."""
    data_dir: Path = Field(default=Path("data"), description="a folder")
    secret_key: SecretStr | None = Field(
        default=None, min_length=32, description="at least 32 characters, such as `openssl rand -hex 32` makes"
    )
    """Signs tokens; unset: made at first start and kept."""
    host: str = Field(
        default="127.0.0.1",
        pattern=r"^[^\s/]+$",
        description="a name or an address to listen on, such as 127.0.0.1 or 0.0.0.0",
    )
    port: int = Field(default=8000, ge=0, le=65535, description="a whole number from 0 to 65535")
    max_connection_s: float = Field(
        default=900, gt=0, le=86_400, description="a number of seconds, over 0 and at most 86400"
    )
    """A stream's connection lives at most this long, less a random tenth."""
    max_viewers: int = Field(default=10_000, ge=1, description="a whole number, at least 1")
    """So many connections to streams at a time, in each process."""
    max_viewers_per_user: int = Field(default=1_000, ge=1, description="a whole number, at least 1")
    metrics_open: bool = Field(default=False, description="1 or 0")
    """Whether `/metrics` answers others than this machine."""
    board_urls: Annotated[dict[str, Origin], NoDecode] = Field(
        default_factory=dict,
        description='a JSON object of origins by careers system: {"greenhouse": "http://127.0.0.1:9000"}',
    )
    """The origin that stands in for a careers system's own, by system."""
    host_pace: Annotated[dict[str, HostPace], NoDecode] = Field(
        default_factory=dict,
        description='a JSON object by host name: {"127.0.0.1": {"per_second": 500, "concurrency": 16}}, '
        "with per_second over 0 and at most 100000, concurrency from 1 to 256",
    )
    allow_private_hosts: bool = Field(default=False, description="1 or 0")
    cors_origins: Annotated[list[str], NoDecode] = Field(
        default_factory=list,
        description="origins with commas between, such as https://jobs.example.com,http://localhost:5173, or *",
    )
    """Comma-separated origins whose pages may call the API."""
    keep_runs_days: int = Field(default=90, ge=1, description="a whole number of days, at least 1")
    raw_pages: str | None = Field(
        default=None, min_length=1, description='a folder, a bucket as "s3://bucket/folder", or "off"'
    )
    """Where what the boards sent is kept: a folder, a bucket, "off"; unset: in `data_dir`, next to its database."""
    keep_raw_days: int = Field(default=90, ge=1, description="a whole number of days, at least 1")

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [part for raw in value.split(",") if (part := raw.strip())] if isinstance(value, str) else value

    @field_validator("board_urls", "host_pace", mode="before")
    @classmethod
    def _read(cls, value: object) -> object:
        return from_json(value) if isinstance(value, str) else value

    @field_validator("data_dir", mode="before")
    @classmethod
    def _named(cls, value: object) -> object:
        if value == "":
            raise ValueError("it names no folder")
        return value
