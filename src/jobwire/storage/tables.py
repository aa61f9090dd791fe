"""The tables. A test compares them with what the migrations make."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR

from jobwire.domain.openings import Mark
from jobwire.domain.runs import CompanyStatus, JobStatus, RunStatus
from jobwire.storage.packed_text import PackedText

metadata = MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s_check",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "pk": "%(table_name)s_pkey",
    }
)


def _id() -> Column[int]:
    return Column("id", BigInteger, Identity(always=True), primary_key=True)


def _now(name: str) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp())


def _one_of(column: str, values: type[RunStatus | CompanyStatus | JobStatus | Mark]) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ({', '.join(repr(str(value)) for value in values)})", name=column)


# Who

users = Table(
    "users",
    metadata,
    _id(),
    Column("email", Text, nullable=False, unique=True),
    _now("created_at"),
)

sign_in_codes = Table(
    "sign_in_codes",
    metadata,
    Column("digest", LargeBinary, primary_key=True, comment="SHA-256 of the code: the code itself is not kept"),
    Column("user_id", BigInteger, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
)

secrets = Table(
    "secrets",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

# Facts about the world, kept once whoever asked

boards = Table(
    "boards",
    metadata,
    _id(),
    Column("system", Text, nullable=False),
    Column("slug", Text, nullable=False),
    Column("listing", Integer, nullable=False, server_default="0", comment="number of the last listing"),
    Column("listing_began_at", DateTime(timezone=True), comment="of that listing; null when it was not complete"),
    Column(
        "last_counts", ARRAY(Integer), nullable=False, server_default="{}", comment="of good listings, newest first"
    ),
    Column("doubt", JSONB(none_as_null=True), comment="the question whether it has really lost so many; null for none"),
    Column("setback", JSONB(none_as_null=True), comment="its failures in a row; null when it was last listed"),
    Column("tag", JSONB(none_as_null=True), comment="what its last answer was marked with; null where that is no help"),
    UniqueConstraint("system", "slug"),
)

postings = Table(
    "postings",
    metadata,
    _id(),
    Column("board_id", BigInteger, ForeignKey("boards.id", ondelete="CASCADE"), nullable=False),
    Column("external_id", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("location", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("listed_title", Text, nullable=False, comment="as its board lists it: what title filters are matched on"),
    Column("locations", ARRAY(Text), nullable=False, server_default="{}"),
    Column("workplace", Text),
    Column("employment_type", Text),
    Column("department", Text),
    Column("posted_on", Date),
    Column("closes_on", Date),
    Column("country", Text, comment="ISO 3166, two letters"),
    Column("language", Text, comment="BCP 47"),
    Column("salary", JSONB(none_as_null=True)),
    Column("job_key", Text, comment="the system's own, shared by the postings of one job"),
    Column("description", PackedText, comment="compressed: see storage/packed_text.py"),
    Column("requirements", Text, comment="a part of the description"),
    Column("source_hash", LargeBinary, comment="of the system's answer: an equal one is not extracted again"),
    Column("fingerprint", LargeBinary, comment="of the posting; null until it was extracted"),
    Column("first_listing", Integer, nullable=False),
    Column("checked_listing", Integer, nullable=False, server_default="0", comment="last one whose text was compared"),
    Column(
        "part_listings",
        ARRAY(Integer),
        nullable=False,
        server_default="{}",
        comment="in which each part of the fingerprint last changed, 0 for never",
    ),
    Column("changed_parts", Text, comment="the names of those that changed last"),
    Column("change_key", Text, comment="the system's own mark of a change, as it was listed last"),
    Column("read_key", Text, comment="the one that the text was read under last, by which extraction"),
    Column("key_read_at", DateTime(timezone=True), comment="when that was"),
    Column("gone_listing", Integer, comment="the one that it was gone from; null while it is live"),
    Column("gone_reason", Text),
    Column(
        "misses",
        Integer,
        nullable=False,
        server_default="0",
        comment="listings in a row that lack it, and it is live",
    ),
    Column("strikes", JSONB(none_as_null=True), comment="how often its own page has refused: domain.strikes.Strikes"),
    Column(
        "is_dead_link",
        Boolean,
        nullable=False,
        server_default="false",
        comment="gone by its own page, and still listed",
    ),
    Column(
        "absences", ARRAY(Integer), nullable=False, server_default="{}", comment="over: listings it was gone, back from"
    ),
    _now("first_seen_at"),
    Column("gone_at", DateTime(timezone=True)),
    Column(
        "past",
        JSONB,
        nullable=False,
        server_default="[]",
        comment="changes, absences and returns, of late: {at, kind, reason}; written by a trigger",
    ),
    UniqueConstraint("board_id", "external_id"),
    Index("postings_job_idx", "board_id", "job_key", postgresql_where=text("job_key IS NOT NULL")),
    Index("postings_first_seen_at_id_idx", "first_seen_at", "id"),
    Index("postings_gone_idx", "board_id", "gone_listing", postgresql_where=text("gone_listing IS NOT NULL")),
    postgresql_with={"fillfactor": 80},
)

# What postings are found by: made from them by the worker when it has time, never in the way of a run

posting_words = Table(
    "posting_words",
    metadata,
    Column("posting_id", BigInteger, ForeignKey("postings.id", ondelete="CASCADE"), primary_key=True),
    Column("fingerprint", LargeBinary, comment="of the posting when its words were taken"),
    Column(
        "words", TSVECTOR, nullable=False, comment="A: title, B: place and department, D: text; see domain/words.py"
    ),
    Index("posting_words_words_idx", "words", postgresql_using="gin"),
)

title_words = Table(
    "title_words",
    metadata,
    Column("word", Text(collation="C"), primary_key=True, comment="of titles, places and departments"),
    Column("slips", ARRAY(Text), nullable=False, comment="the word, and the word without one of its letters"),
    Index("title_words_slips_idx", "slips", postgresql_using="gin"),
)

# A person's

follows = Table(
    "follows",
    metadata,
    _id(),
    Column("user_id", BigInteger, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("company", Text, nullable=False),
    Column("board_id", BigInteger, ForeignKey("boards.id"), nullable=False),
    Column("include", ARRAY(Text), nullable=False, server_default="{}"),
    Column("exclude", ARRAY(Text), nullable=False, server_default="{}"),
    Column("enabled", Boolean, nullable=False, server_default="true"),
    Column("taken", Integer, nullable=False, server_default="0", comment="the listing up to which it was taken in"),
    Column("takings", ARRAY(Integer), nullable=False, server_default="{}", comment="the listings taken in, of late"),
    Column(
        "untold",
        JSONB,
        nullable=False,
        server_default="{}",
        comment="those not read when it was taken in, by posting: the listing up to which they were told",
    ),
    Column("taken_include", ARRAY(Text), nullable=False, server_default="{}", comment="the filters of that time"),
    Column("taken_exclude", ARRAY(Text), nullable=False, server_default="{}"),
    UniqueConstraint("user_id", "company"),
    Index("follows_board_id_idx", "board_id"),
)

saved_searches = Table(
    "saved_searches",
    metadata,
    _id(),
    Column("user_id", BigInteger, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("wanted", JSONB, nullable=False, comment="an OpeningFilter"),
    Column(
        "feed_digest", LargeBinary, nullable=False, unique=True, comment="SHA-256 of the feed's key: that is not kept"
    ),
    _now("created_at"),
    UniqueConstraint("user_id", "name"),
)

posting_marks = Table(
    "posting_marks",
    metadata,
    Column("user_id", BigInteger, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("mark", Text, primary_key=True),
    Column("posting_id", BigInteger, ForeignKey("postings.id", ondelete="CASCADE"), primary_key=True),
    _now("made_at"),
    _one_of("mark", Mark),
    Index("posting_marks_posting_id_idx", "posting_id"),
)

# The ledger: everything that a viewer can see of a run

runs = Table(
    "runs",
    metadata,
    _id(),
    Column("user_id", BigInteger, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("status", Text, nullable=False, server_default=RunStatus.PENDING),
    Column("version", BigInteger, nullable=False, server_default="1"),
    Column("version_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column(
        "status_version", BigInteger, nullable=False, server_default="1", comment="at which the status last changed"
    ),
    Column("listed_version", BigInteger, comment="from which on the set of jobs may be shown to everybody"),
    Column("error_message", Text),
    Column(
        "retry_of",
        BigInteger,
        ForeignKey("runs.id", ondelete="SET NULL"),
        comment="the ended run whose failures this one tries again",
    ),
    _now("created_at"),
    Column("started_at", DateTime(timezone=True)),
    Column("finished_at", DateTime(timezone=True)),
    _one_of("status", RunStatus),
    Index(
        "runs_one_active_idx",
        "user_id",
        unique=True,
        postgresql_where=text("status IN ('pending', 'initializing', 'ingesting')"),
    ),
    Index("runs_user_id_id_idx", "user_id", "id"),
    Index("runs_retry_of_idx", "retry_of", postgresql_where=text("retry_of IS NOT NULL")),
    postgresql_with={"fillfactor": 50},
)

run_companies = Table(
    "run_companies",
    metadata,
    Column("run_id", BigInteger, ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("company", Text, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("follow_id", BigInteger, ForeignKey("follows.id", ondelete="SET NULL")),
    Column("board_id", BigInteger, ForeignKey("boards.id"), nullable=False),
    Column("system", Text, nullable=False),
    Column("slug", Text, nullable=False),
    Column("host", Text, nullable=False, comment="throttle key"),
    Column("include", ARRAY(Text), nullable=False),
    Column("exclude", ARRAY(Text), nullable=False),
    Column("taken", Integer, nullable=False, comment="follows.taken when the run began"),
    Column("taken_include", ARRAY(Text), nullable=False),
    Column("taken_exclude", ARRAY(Text), nullable=False),
    Column("listing", Integer, comment="the board's listing that this run works on"),
    Column(
        "absent",
        ARRAY(BigInteger),
        nullable=False,
        server_default="{}",
        comment="postings that the board is thought to have, though its listing lacks them",
    ),
    Column(
        "partial", Boolean, nullable=False, server_default="false", comment="a retry of some jobs: takes nothing in"
    ),
    Column(
        "named",
        Boolean,
        nullable=False,
        server_default="false",
        comment="by the person: asked even while its board is left alone",
    ),
    Column("status", Text, nullable=False, server_default=CompanyStatus.WAITING),
    Column("reason", Text),
    Column("began_at", DateTime(timezone=True), comment="when its board was asked for, or its jobs were opened again"),
    Column("settled_at", DateTime(timezone=True)),
    Column("failures", Integer, nullable=False, server_default="0", comment="in a row"),
    Column(
        "cut_short",
        Integer,
        nullable=False,
        server_default="0",
        comment="so often its host made a listing that had begun begin again",
    ),
    Column("version", BigInteger, nullable=False, server_default="1"),
    _one_of("status", CompanyStatus),
    Index("run_companies_run_id_version_idx", "run_id", "version"),
    Index("run_companies_follow_id_idx", "follow_id"),
)

run_jobs = Table(
    "run_jobs",
    metadata,
    Column("run_id", BigInteger, ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("company", Text, primary_key=True),
    Column("external_id", Text, primary_key=True),
    Column("posting_id", BigInteger, ForeignKey("postings.id", ondelete="SET NULL")),
    Column("title", Text, nullable=False),
    Column("location", Text, nullable=False),
    Column("status", Text, nullable=False, server_default=JobStatus.PENDING),
    Column("reason", Text),
    Column("attempt", Integer, nullable=False, server_default="1"),
    Column(
        "was_kept",
        Boolean,
        nullable=False,
        server_default="true",
        comment="by the filters of the last taking",
    ),
    Column("version", BigInteger, nullable=False),
    Column("added_version", BigInteger, nullable=False),
    _one_of("status", JobStatus),
    Index("run_jobs_run_id_version_idx", "run_id", "version"),
    Index(
        "run_jobs_open_idx",
        "run_id",
        "company",
        "external_id",
        postgresql_where=text("status IN ('pending', 'crawling')"),
    ),
    Index("run_jobs_posting_id_idx", "posting_id"),
    postgresql_with={"fillfactor": 70},
)

run_logs = Table(
    "run_logs",
    metadata,
    Column("run_id", BigInteger, ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    _now("at"),
    Column("level", Text, nullable=False),
    Column("company", Text),
    Column("external_id", Text),
    Column("message", Text, nullable=False),
    Column("version", BigInteger, comment="null for a line written after the end"),
)

# Between processes

orders = Table(
    "orders",
    metadata,
    _id(),
    Column("user_id", BigInteger, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("subject", Text, nullable=False, comment="the company to preview, the address to look at"),
    Column("result", JSONB(none_as_null=True), comment="null until the worker has answered"),
    _now("created_at"),
)

host_paces = Table(
    "host_paces",
    metadata,
    Column("host", Text, primary_key=True, comment="throttle key"),
    Column("slowness", Float, nullable=False, comment="so many times slower than usual it is asked: 1 and more"),
    Column("paused_until", DateTime(timezone=True), nullable=False, comment="it wants to be left alone until then"),
    _now("noted_at"),
)
