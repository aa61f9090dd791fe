"""The stream next to its peers: `python -m bench.stream` (or `make bench-stream`).

docs/reference/benchmarks.md says what is measured, and how.
"""
