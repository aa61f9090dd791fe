"""Writes the first revision anew from `storage/tables.py`: `python -m jobwire.storage.migrations.regenerate`.

Its name is made of what it makes, so that a database of an earlier checkout is told apart.

For maintainers, and only until the first release: from then on a change of the tables is a new revision.
"""

import asyncio
import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final, Literal

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.autogenerate.api import AutogenContext
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.types import TypeDecorator

from jobwire.storage import embedded
from jobwire.storage.database import Database
from jobwire.storage.migrate import FIRST
from jobwire.storage.tables import metadata

_HERE: Final = Path(__file__).parent
_TARGET: Final = _HERE / "versions" / "0001_ledger.py"
_MIGRATE: Final = _HERE.parent / "migrate.py"

_FRAME: Final = '''\
"""Everything of the first release: the tables, the trigger on a run's status, Procrastinate's queue.

`create_tables` is written by `storage/migrations/regenerate.py`; the rest is in `storage/migrations/ledger.py`.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import {types}
from sqlalchemy.dialects import postgresql

from jobwire.storage.migrations import ledger

revision = "{revision}"
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
    {body}
'''


async def _render(url: str) -> str:
    database = Database(url)
    try:
        async with database.connect() as connection:
            return await connection.run_sync(_body)
    finally:
        await database.close()


def _body(connection: Connection) -> str:
    script = produce_migrations(MigrationContext.configure(connection), metadata)
    operations = script.upgrade_ops
    assert operations is not None
    code = render_python_code(operations, sqlalchemy_module_prefix="sa.", render_item=_as_stored)
    return "\n".join(line for line in code.splitlines() if "# ###" not in line).strip()


def _as_stored(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    """A revision says what is stored, and leaves to the code what that means."""
    return f"sa.{item.impl!r}" if kind == "type" and isinstance(item, TypeDecorator) else False


def _tidy(path: Path) -> None:
    ruff = shutil.which("ruff", path=str(Path(sys.executable).parent))
    if ruff is None:
        raise SystemExit("ruff is missing: install the dev dependencies.")
    subprocess.run([ruff, "format", "--quiet", path], check=True)  # noqa: S603 (found beside this Python)


def main() -> None:
    """Write the file."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)  # root's PostgreSQL runs as another user
        with embedded.start(Path(folder) / "data", durable=False) as server:
            body = asyncio.run(_render(server.url))
    # Alembic leaves the types inside of other types without their module.
    types = sorted(set(re.findall(r"(?<![.\w])([A-Z]\w+)\(", body)))
    made = body + (_HERE / "ledger.py").read_text(encoding="utf-8")
    revision = FIRST + hashlib.sha256(made.encode()).hexdigest()[:8]
    _TARGET.write_text(_FRAME.format(body=body, types=", ".join(types), revision=revision), encoding="utf-8")
    _tidy(_TARGET)
    migrate = _MIGRATE.read_text(encoding="utf-8")
    _MIGRATE.write_text(re.sub(r'(?<=^HEAD: Final = )".*"', f'"{revision}"', migrate, flags=re.MULTILINE), "utf-8")


if __name__ == "__main__":
    main()
