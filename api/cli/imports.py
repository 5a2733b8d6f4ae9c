"""`yike import …`: OpenStreetMap."""

from __future__ import annotations

import typer

app = typer.Typer(help="Take in a city of your own.", no_args_is_help=True)


@app.callback()
def imports() -> None:
    """Take in a city of your own."""
