"""Plugs the parts together: the one place that knows both what a run needs and who brings it."""
