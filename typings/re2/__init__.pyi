# What Jobwire uses of google-re2, which ships no types.

from typing import Any

class error(Exception): ...  # noqa: N801 - the library's name

class Options:
    log_errors: bool
    max_mem: int

class Pattern:
    def search(self, text: str, /) -> Any | None: ...

def compile(pattern: str, options: Options | None = None) -> Pattern: ...  # noqa: A001 - the library's name
def escape(pattern: str) -> str: ...
