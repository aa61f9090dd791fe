"""The parts of the first revision that no table definition says."""

from typing import Final

from alembic import op
from procrastinate.schema import SchemaManager

_FUNCTION: Final = """
CREATE FUNCTION jobwire_tell_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('jobwire_runs', NEW.id || ' ' || NEW.version);
    RETURN NULL;
END;
$$
"""

_TRIGGER: Final = """
CREATE TRIGGER runs_tell_status AFTER UPDATE OF status ON runs
FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION jobwire_tell_run()
"""

_WORDS: Final = """
CREATE FUNCTION jobwire_postings_with(wanted tsquery) RETURNS SETOF bigint
LANGUAGE sql STABLE ROWS 1000 SET enable_seqscan = off AS $$
    SELECT posting_id FROM posting_words WHERE words @@ wanted
$$
"""

_PAST_KEPT: Final = 50
_REMEMBER: Final = f"""
CREATE FUNCTION jobwire_remember_posting() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    kind text := CASE WHEN NEW.gone_listing IS NULL AND OLD.gone_listing IS NOT NULL THEN 'back'
                      WHEN NEW.gone_listing IS NOT NULL AND OLD.gone_listing IS NULL THEN 'gone'
                      ELSE 'changed' END;
    reason text := CASE kind WHEN 'gone' THEN NEW.gone_reason WHEN 'changed' THEN NEW.changed_parts END;
BEGIN
    NEW.past := CASE WHEN jsonb_array_length(OLD.past) < {_PAST_KEPT} THEN OLD.past ELSE OLD.past - 0 END
                || jsonb_build_object('at', clock_timestamp(), 'kind', kind, 'reason', reason);
    RETURN NEW;
END;
$$
"""
_REMEMBERED: Final = """
CREATE TRIGGER postings_remember BEFORE UPDATE ON postings
FOR EACH ROW WHEN ((OLD.gone_listing IS NULL) <> (NEW.gone_listing IS NULL)
                   OR OLD.part_listings <> NEW.part_listings)
EXECUTE FUNCTION jobwire_remember_posting()
"""


def find_words() -> None:
    """Which postings have these words, always by the index.

    The planner takes a frequent word for a reason to read the table: it knows that its rows are short, and not that
    each one's words lie elsewhere, compressed. That takes ten times as long.
    """
    op.execute(_WORDS)


def tell_status_changes() -> None:
    """A run's start, end and abort are told with the commit itself: few, and never late.

    All other changes are told after it, by whoever made them: NOTIFY makes commits wait for one another.
    """
    op.execute(_FUNCTION)
    op.execute(_TRIGGER)


def remember_postings() -> None:
    """Whatever becomes of a posting is noted with its reason and its time, whoever writes it.

    Rows to which nothing has happened, nearly all of them, cost a comparison.
    """
    op.execute(_REMEMBER)
    op.execute(_REMEMBERED)


def forget_sizes_of_runs() -> None:
    """No statistics are kept of how many jobs each run has: those of the run that goes are always out of date.

    By them a new run has none, so that any index is good enough to find them: also one that leads through all of them.
    """
    op.execute("ALTER TABLE run_jobs ALTER COLUMN run_id SET STATISTICS 0")


def leave_descriptions_packed() -> None:
    """They come compressed: PostgreSQL would try in vain to make long ones shorter."""
    op.execute("ALTER TABLE postings ALTER COLUMN description SET STORAGE EXTERNAL")


def create_queue() -> None:
    """Procrastinate's own schema, as the installed version has it (`pyproject.toml` binds it to one minor version).

    Whoever moves to the next minor version freezes this text into a file first, and adds a revision with
    Procrastinate's migrations from there on.
    """
    # Many statements, with % in them: sent as they are, without parameters.
    op.get_bind().exec_driver_sql(SchemaManager.get_schema(), execution_options={"no_parameters": True})
