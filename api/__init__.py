"""The service: the FastAPI application, its routers and schemas, the live stream, and the `yike` command."""
