"""How long a test waits for what has to come."""

from typing import Final

PATIENCE_S: Final = 120
"""On a busy machine everything takes longer; where all is well nobody waits for it."""
