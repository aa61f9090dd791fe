"""A client of the progress stream, for any program: `progress.ProgressClient` keeps a `RunView` in step with a run.

It knows the protocol (docs/reference/protocol.md) and nothing else of Jobwire. The web app's twin is in
`web/src/lib/stream`.
"""
