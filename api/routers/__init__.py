"""Routers, one a noun. Each is thin: it reads parameters, calls `geo` or `tiles`, and shapes the answer."""
