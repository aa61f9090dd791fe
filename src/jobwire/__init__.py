"""Jobwire: every opening of the companies you follow, ingested from their own careers systems and shown live."""

from importlib.metadata import version

__version__ = version("jobwire")
