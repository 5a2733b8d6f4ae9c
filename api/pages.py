"""The built pages, and `/docs` without foreign hosts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import StaticFiles

from api.gate import PAGES, SIGN_IN

ROUTES = (*PAGES, "/nearby", "/report", SIGN_IN)
"""Addresses that are pages of one shell; it looks at the address and shows the right one."""

_UNBUILT = """<!doctype html><html lang="zh"><meta charset="utf-8"><title>Yike 一刻</title>
<body style="font:17px/1.6 system-ui,sans-serif;max-width:40em;margin:4em auto;padding:0 1em">
<h1>一刻 Yike</h1>
<p>页面还没有构建。请在代码目录运行 <code>scripts/up</code>，它会构建并启动。</p>
<p>The pages are not built yet. Run <code>scripts/up</code> in the checkout; it builds and starts them.</p>
<p><a href="/openapi.json">OpenAPI</a> · <a href="/tiles.json">TileJSON</a></p></body></html>"""


def install(app: FastAPI, web_dir: Path) -> None:
    """Serve the pages from `web_dir`; where they are not built, say how to build them."""
    shell = web_dir / "index.html"

    def page() -> Response:
        if not shell.exists():
            return HTMLResponse(_UNBUILT, status_code=503)
        return FileResponse(shell, headers={"Cache-Control": "no-cache"})

    for route in ROUTES:
        app.add_api_route(route, page, methods=["GET", "HEAD"], include_in_schema=False)
    if (web_dir / "assets").is_dir():
        app.mount("/assets", Assets(directory=web_dir / "assets"), name="assets")
    for name in ("favicon.svg", "manifest.webmanifest", "sw.js"):
        if (web_dir / name).exists():
            app.add_api_route(f"/{name}", _file(web_dir / name), methods=["GET"], include_in_schema=False)


class Assets(StaticFiles):
    """Files whose names hold a digest of their content: cached for good."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        """Answer with a file."""
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def _file(path: Path) -> Callable[[], Response]:
    def file() -> Response:
        return FileResponse(path, headers={"Cache-Control": "no-cache"})

    return file
