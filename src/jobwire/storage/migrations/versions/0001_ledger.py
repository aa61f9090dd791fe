"""Everything of the first release: the tables, the trigger on a run's status, Procrastinate's queue.

`create_tables` is written by `storage/migrations/regenerate.py`; the rest is in `storage/migrations/ledger.py`.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import BigInteger, Integer, Text
from sqlalchemy.dialects import postgresql

from jobwire.storage.migrations import ledger

revision = "0001_9a879805"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_tables()
    ledger.find_words()
    ledger.tell_status_changes()
    ledger.remember_postings()
    ledger.forget_sizes_of_runs()
    ledger.leave_descriptions_packed()
    ledger.create_queue()


def create_tables() -> None:
    op.create_table(
        "boards",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("listing", sa.Integer(), server_default="0", nullable=False, comment="number of the last listing"),
        sa.Column(
            "listing_began_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="of that listing; null when it was not complete",
        ),
        sa.Column(
            "last_counts",
            postgresql.ARRAY(Integer()),
            server_default="{}",
            nullable=False,
            comment="of good listings, newest first",
        ),
        sa.Column(
            "doubt",
            postgresql.JSONB(none_as_null=True, astext_type=Text()),
            nullable=True,
            comment="the question whether it has really lost so many; null for none",
        ),
        sa.Column(
            "setback",
            postgresql.JSONB(none_as_null=True, astext_type=Text()),
            nullable=True,
            comment="its failures in a row; null when it was last listed",
        ),
        sa.Column(
            "tag",
            postgresql.JSONB(none_as_null=True, astext_type=Text()),
            nullable=True,
            comment="what its last answer was marked with; null where that is no help",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("boards_pkey")),
        sa.UniqueConstraint("system", "slug", name=op.f("boards_system_slug_key")),
    )
    op.create_table(
        "host_paces",
        sa.Column("host", sa.Text(), nullable=False, comment="throttle key"),
        sa.Column(
            "slowness", sa.Float(), nullable=False, comment="so many times slower than usual it is asked: 1 and more"
        ),
        sa.Column(
            "paused_until", sa.DateTime(timezone=True), nullable=False, comment="it wants to be left alone until then"
        ),
        sa.Column("noted_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("host_paces_pkey")),
    )
    op.create_table(
        "secrets",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("secrets_pkey")),
    )
    op.create_table(
        "title_words",
        sa.Column("word", sa.Text(collation="C"), nullable=False, comment="of titles, places and departments"),
        sa.Column(
            "slips",
            postgresql.ARRAY(Text()),
            nullable=False,
            comment="the word, and the word without one of its letters",
        ),
        sa.PrimaryKeyConstraint("word", name=op.f("title_words_pkey")),
    )
    op.create_index("title_words_slips_idx", "title_words", ["slips"], unique=False, postgresql_using="gin")
    op.create_table(
        "users",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("users_pkey")),
        sa.UniqueConstraint("email", name=op.f("users_email_key")),
    )
    op.create_table(
        "follows",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("board_id", sa.BigInteger(), nullable=False),
        sa.Column("include", postgresql.ARRAY(Text()), server_default="{}", nullable=False),
        sa.Column("exclude", postgresql.ARRAY(Text()), server_default="{}", nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default="true", nullable=False),
        sa.Column(
            "taken", sa.Integer(), server_default="0", nullable=False, comment="the listing up to which it was taken in"
        ),
        sa.Column(
            "takings",
            postgresql.ARRAY(Integer()),
            server_default="{}",
            nullable=False,
            comment="the listings taken in, of late",
        ),
        sa.Column(
            "untold",
            postgresql.JSONB(astext_type=Text()),
            server_default="{}",
            nullable=False,
            comment="those not read when it was taken in, by posting: the listing up to which they were told",
        ),
        sa.Column(
            "taken_include",
            postgresql.ARRAY(Text()),
            server_default="{}",
            nullable=False,
            comment="the filters of that time",
        ),
        sa.Column("taken_exclude", postgresql.ARRAY(Text()), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(["board_id"], ["boards.id"], name=op.f("follows_board_id_fkey")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("follows_user_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("follows_pkey")),
        sa.UniqueConstraint("user_id", "company", name=op.f("follows_user_id_company_key")),
    )
    op.create_index("follows_board_id_idx", "follows", ["board_id"], unique=False)
    op.create_table(
        "orders",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False, comment="the company to preview, the address to look at"),
        sa.Column(
            "result",
            postgresql.JSONB(none_as_null=True, astext_type=Text()),
            nullable=True,
            comment="null until the worker has answered",
        ),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("orders_user_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("orders_pkey")),
    )
    op.create_table(
        "postings",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("board_id", sa.BigInteger(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column(
            "listed_title",
            sa.Text(),
            nullable=False,
            comment="as its board lists it: what title filters are matched on",
        ),
        sa.Column("locations", postgresql.ARRAY(Text()), server_default="{}", nullable=False),
        sa.Column("workplace", sa.Text(), nullable=True),
        sa.Column("employment_type", sa.Text(), nullable=True),
        sa.Column("department", sa.Text(), nullable=True),
        sa.Column("posted_on", sa.Date(), nullable=True),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True, comment="ISO 3166, two letters"),
        sa.Column("language", sa.Text(), nullable=True, comment="BCP 47"),
        sa.Column("salary", postgresql.JSONB(none_as_null=True, astext_type=Text()), nullable=True),
        sa.Column("job_key", sa.Text(), nullable=True, comment="the system's own, shared by the postings of one job"),
        sa.Column("description", sa.LargeBinary(), nullable=True, comment="compressed: see storage/packed_text.py"),
        sa.Column("requirements", sa.Text(), nullable=True, comment="a part of the description"),
        sa.Column(
            "source_hash",
            sa.LargeBinary(),
            nullable=True,
            comment="of the system's answer: an equal one is not extracted again",
        ),
        sa.Column(
            "fingerprint", sa.LargeBinary(), nullable=True, comment="of the posting; null until it was extracted"
        ),
        sa.Column("first_listing", sa.Integer(), nullable=False),
        sa.Column(
            "checked_listing",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="last one whose text was compared",
        ),
        sa.Column(
            "part_listings",
            postgresql.ARRAY(Integer()),
            server_default="{}",
            nullable=False,
            comment="in which each part of the fingerprint last changed, 0 for never",
        ),
        sa.Column("changed_parts", sa.Text(), nullable=True, comment="the names of those that changed last"),
        sa.Column(
            "change_key", sa.Text(), nullable=True, comment="the system's own mark of a change, as it was listed last"
        ),
        sa.Column(
            "read_key",
            sa.Text(),
            nullable=True,
            comment="the one that the text was read under last, by which extraction",
        ),
        sa.Column("key_read_at", sa.DateTime(timezone=True), nullable=True, comment="when that was"),
        sa.Column(
            "gone_listing", sa.Integer(), nullable=True, comment="the one that it was gone from; null while it is live"
        ),
        sa.Column("gone_reason", sa.Text(), nullable=True),
        sa.Column(
            "misses",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="listings in a row that lack it, and it is live",
        ),
        sa.Column(
            "strikes",
            postgresql.JSONB(none_as_null=True, astext_type=Text()),
            nullable=True,
            comment="how often its own page has refused: domain.strikes.Strikes",
        ),
        sa.Column(
            "is_dead_link",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="gone by its own page, and still listed",
        ),
        sa.Column(
            "absences",
            postgresql.ARRAY(Integer()),
            server_default="{}",
            nullable=False,
            comment="over: listings it was gone, back from",
        ),
        sa.Column(
            "first_seen_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "past",
            postgresql.JSONB(astext_type=Text()),
            server_default="[]",
            nullable=False,
            comment="changes, absences and returns, of late: {at, kind, reason}; written by a trigger",
        ),
        sa.ForeignKeyConstraint(["board_id"], ["boards.id"], name=op.f("postings_board_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("postings_pkey")),
        sa.UniqueConstraint("board_id", "external_id", name=op.f("postings_board_id_external_id_key")),
        postgresql_with={"fillfactor": 80},
    )
    op.create_index("postings_first_seen_at_id_idx", "postings", ["first_seen_at", "id"], unique=False)
    op.create_index(
        "postings_gone_idx",
        "postings",
        ["board_id", "gone_listing"],
        unique=False,
        postgresql_where=sa.text("gone_listing IS NOT NULL"),
    )
    op.create_index(
        "postings_job_idx",
        "postings",
        ["board_id", "job_key"],
        unique=False,
        postgresql_where=sa.text("job_key IS NOT NULL"),
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column(
            "version_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column(
            "status_version",
            sa.BigInteger(),
            server_default="1",
            nullable=False,
            comment="at which the status last changed",
        ),
        sa.Column(
            "listed_version",
            sa.BigInteger(),
            nullable=True,
            comment="from which on the set of jobs may be shown to everybody",
        ),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column(
            "retry_of", sa.BigInteger(), nullable=True, comment="the ended run whose failures this one tries again"
        ),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('pending', 'initializing', 'ingesting', 'finished', 'error', 'aborted')",
            name=op.f("runs_status_check"),
        ),
        sa.ForeignKeyConstraint(["retry_of"], ["runs.id"], name=op.f("runs_retry_of_fkey"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("runs_user_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("runs_pkey")),
        postgresql_with={"fillfactor": 50},
    )
    op.create_index(
        "runs_one_active_idx",
        "runs",
        ["user_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('pending', 'initializing', 'ingesting')"),
    )
    op.create_index(
        "runs_retry_of_idx", "runs", ["retry_of"], unique=False, postgresql_where=sa.text("retry_of IS NOT NULL")
    )
    op.create_index("runs_user_id_id_idx", "runs", ["user_id", "id"], unique=False)
    op.create_table(
        "saved_searches",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("wanted", postgresql.JSONB(astext_type=Text()), nullable=False, comment="an OpeningFilter"),
        sa.Column(
            "feed_digest", sa.LargeBinary(), nullable=False, comment="SHA-256 of the feed's key: that is not kept"
        ),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("saved_searches_user_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("saved_searches_pkey")),
        sa.UniqueConstraint("feed_digest", name=op.f("saved_searches_feed_digest_key")),
        sa.UniqueConstraint("user_id", "name", name=op.f("saved_searches_user_id_name_key")),
    )
    op.create_table(
        "sign_in_codes",
        sa.Column(
            "digest", sa.LargeBinary(), nullable=False, comment="SHA-256 of the code: the code itself is not kept"
        ),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("sign_in_codes_user_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("digest", name=op.f("sign_in_codes_pkey")),
    )
    op.create_table(
        "posting_marks",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("posting_id", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.CheckConstraint("mark IN ('seen', 'starred')", name=op.f("posting_marks_mark_check")),
        sa.ForeignKeyConstraint(
            ["posting_id"], ["postings.id"], name=op.f("posting_marks_posting_id_fkey"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("posting_marks_user_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "mark", "posting_id", name=op.f("posting_marks_pkey")),
    )
    op.create_index("posting_marks_posting_id_idx", "posting_marks", ["posting_id"], unique=False)
    op.create_table(
        "posting_words",
        sa.Column("posting_id", sa.BigInteger(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=True, comment="of the posting when its words were taken"),
        sa.Column(
            "words",
            postgresql.TSVECTOR(),
            nullable=False,
            comment="A: title, B: place and department, D: text; see domain/words.py",
        ),
        sa.ForeignKeyConstraint(
            ["posting_id"], ["postings.id"], name=op.f("posting_words_posting_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("posting_id", name=op.f("posting_words_pkey")),
    )
    op.create_index("posting_words_words_idx", "posting_words", ["words"], unique=False, postgresql_using="gin")
    op.create_table(
        "run_companies",
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("follow_id", sa.BigInteger(), nullable=True),
        sa.Column("board_id", sa.BigInteger(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False, comment="throttle key"),
        sa.Column("include", postgresql.ARRAY(Text()), nullable=False),
        sa.Column("exclude", postgresql.ARRAY(Text()), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False, comment="follows.taken when the run began"),
        sa.Column("taken_include", postgresql.ARRAY(Text()), nullable=False),
        sa.Column("taken_exclude", postgresql.ARRAY(Text()), nullable=False),
        sa.Column("listing", sa.Integer(), nullable=True, comment="the board's listing that this run works on"),
        sa.Column(
            "absent",
            postgresql.ARRAY(BigInteger()),
            server_default="{}",
            nullable=False,
            comment="postings that the board is thought to have, though its listing lacks them",
        ),
        sa.Column(
            "partial",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="a retry of some jobs: takes nothing in",
        ),
        sa.Column(
            "named",
            sa.Boolean(),
            server_default="false",
            nullable=False,
            comment="by the person: asked even while its board is left alone",
        ),
        sa.Column("status", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column(
            "began_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="when its board was asked for, or its jobs were opened again",
        ),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False, comment="in a row"),
        sa.Column(
            "cut_short",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="so often its host made a listing that had begun begin again",
        ),
        sa.Column("version", sa.BigInteger(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "status IN ('waiting', 'listing', 'crawling', 'done', 'error')", name=op.f("run_companies_status_check")
        ),
        sa.ForeignKeyConstraint(["board_id"], ["boards.id"], name=op.f("run_companies_board_id_fkey")),
        sa.ForeignKeyConstraint(
            ["follow_id"], ["follows.id"], name=op.f("run_companies_follow_id_fkey"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("run_companies_run_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "company", name=op.f("run_companies_pkey")),
    )
    op.create_index("run_companies_follow_id_idx", "run_companies", ["follow_id"], unique=False)
    op.create_index("run_companies_run_id_version_idx", "run_companies", ["run_id", "version"], unique=False)
    op.create_table(
        "run_jobs",
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("posting_id", sa.BigInteger(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("attempt", sa.Integer(), server_default="1", nullable=False),
        sa.Column(
            "was_kept", sa.Boolean(), server_default="true", nullable=False, comment="by the filters of the last taking"
        ),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("added_version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "status IN ('pending', 'crawling', 'ready', 'skipped', 'expired', 'error')",
            name=op.f("run_jobs_status_check"),
        ),
        sa.ForeignKeyConstraint(
            ["posting_id"], ["postings.id"], name=op.f("run_jobs_posting_id_fkey"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("run_jobs_run_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "company", "external_id", name=op.f("run_jobs_pkey")),
        postgresql_with={"fillfactor": 70},
    )
    op.create_index(
        "run_jobs_open_idx",
        "run_jobs",
        ["run_id", "company", "external_id"],
        unique=False,
        postgresql_where=sa.text("status IN ('pending', 'crawling')"),
    )
    op.create_index("run_jobs_posting_id_idx", "run_jobs", ["posting_id"], unique=False)
    op.create_index("run_jobs_run_id_version_idx", "run_jobs", ["run_id", "version"], unique=False)
    op.create_table(
        "run_logs",
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("company", sa.Text(), nullable=True),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=True, comment="null for a line written after the end"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("run_logs_run_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "seq", name=op.f("run_logs_pkey")),
    )
