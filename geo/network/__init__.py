"""The street network in memory: graph, snapping, search, routes."""
