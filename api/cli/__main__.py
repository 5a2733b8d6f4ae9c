"""``python -m api.cli`` is ``yike``; how the supervisor starts its children."""

from api.cli.main import main

main()
