"""The terminal: `jobwire serve`, `worker`, `ingest`, `watch`, `token` and `demo`."""
