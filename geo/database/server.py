"""A private PostgreSQL + PostGIS cluster in `YIKE_HOME`, reached through a socket only.

It never listens on a port and never touches a cluster that is already there. PostgreSQL
refuses to run as root: as root it runs as the `postgres` user.
"""

from __future__ import annotations

import os
import pwd
import re
import subprocess
import tempfile
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from geo.errors import DatabaseUnavailable, EnvironmentMissing

_DATABASE = "yike"
_OLDEST = 15  # unique indexes with NULLS NOT DISTINCT
_SOCKET_PATH_LIMIT = 100  # sun_path holds 108 bytes, the file's own name included

_CONFIGURATION = """\
# Written by Yike when the cluster was made. Settings of your own go below `include_if_exists`.
listen_addresses = ''
unix_socket_permissions = 0700
shared_buffers = 256MB
effective_cache_size = 1GB
work_mem = 16MB
maintenance_work_mem = 128MB
random_page_cost = 1.1
max_connections = 120
jit = off
wal_compression = on
max_wal_size = 2GB
log_min_duration_statement = 1000
log_line_prefix = '%m [%p] %a '
timezone = 'UTC'
include_if_exists = 'local.conf'
"""


@dataclass(frozen=True)
class LocalServer:
    """The private cluster below one home folder."""

    home: Path

    @property
    def url(self) -> str:
        """Address of the database `yike` in this cluster."""
        return self.url_of(_DATABASE)

    def url_of(self, database: str) -> str:
        """Address of another database in this cluster."""
        return f"postgresql://yike@/{database}?host={quote(str(self._socket_folder))}"

    @property
    def log_file(self) -> Path:
        """Where the server writes what troubles it."""
        return self._folder / "postgresql.log"

    @property
    def _folder(self) -> Path:
        return self.home / "postgresql"

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    @property
    def _socket_folder(self) -> Path:
        inside = self._folder / "socket"
        if len(str(inside)) < _SOCKET_PATH_LIMIT - len("/.s.PGSQL.5432"):
            return inside
        return Path(tempfile.gettempdir()) / f"yike-{sha256(str(self.home).encode()).hexdigest()[:12]}"

    def exists(self) -> bool:
        """Whether the cluster was ever made."""
        return (self._data / "PG_VERSION").exists()

    def is_running(self) -> bool:
        """Whether its server runs."""
        return self.exists() and self._run("pg_ctl", "-D", str(self._data), "status", check=False).returncode == 0

    def start(self, *, configuration: str = "") -> None:
        """Make the cluster if there is none, start it if it is down, create the database.

        Parameters
        ----------
        configuration : str
            Lines of `postgresql.conf` to add when the cluster is made.

        Raises
        ------
        EnvironmentMissing
            When PostgreSQL or PostGIS is not installed, or the folder cannot be used.
        DatabaseUnavailable
            When the server does not come up; the message holds the end of its log.
        """
        if not self.exists():
            self._create(configuration)
        if not self.is_running():
            self._prepare_folder(self._socket_folder)
            started = self._run(
                "pg_ctl", "-D", str(self._data), "-l", str(self.log_file), "-w", "-t", "120",
                "-o", f"-k '{self._socket_folder}'", "start", check=False,
            )  # fmt: skip
            if started.returncode != 0:
                raise DatabaseUnavailable(
                    f"The private database did not start: {self._end_of_log()}", hint=f"Its log: {self.log_file}"
                )
        self._create_database()

    def stop(self) -> None:
        """Stop the server, if it runs; what was committed is safe."""
        if self.is_running():
            self._run("pg_ctl", "-D", str(self._data), "-w", "-t", "60", "-m", "fast", "stop")

    def _create(self, configuration: str) -> None:
        self._prepare_folder(self._folder)
        self._prepare_folder(self._data)
        made = self._run(
            "initdb", "-D", str(self._data), "-U", "yike", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8",
            check=False,
        )  # fmt: skip
        if made.returncode != 0:
            raise EnvironmentMissing(f"initdb failed: {made.stderr.strip()}", where=str(self._data))
        with (self._data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(_CONFIGURATION + configuration)

    def _create_database(self) -> None:
        arguments = ("-h", str(self._socket_folder), "-U", "yike")
        deadline = time.monotonic() + 30
        while True:
            found = self._run(
                "psql", *arguments, "-d", "postgres", "-XAtc",
                "select datname from pg_database", check=False,
            )  # fmt: skip
            if found.returncode == 0:
                break
            if time.monotonic() > deadline:
                raise DatabaseUnavailable(f"The private database does not answer: {found.stderr.strip()}")
            time.sleep(0.2)
        if _DATABASE not in found.stdout.split():
            self._run("createdb", *arguments, _DATABASE)

    def _prepare_folder(self, folder: Path) -> None:
        """Make a folder only the server's user can enter."""
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
        if (user := _server_user()) is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
            reach = subprocess.run(
                ["test", "-x", str(folder)], user=user.pw_uid, group=user.pw_gid, extra_groups=[], cwd="/", check=False
            )
            if reach.returncode != 0:
                raise EnvironmentMissing(
                    f"the user {user.pw_name}, as whom PostgreSQL must run, cannot enter {folder}.",
                    where="YIKE_HOME",
                    hint="Choose a folder outside /root, for instance /var/lib/yike.",
                )

    def _end_of_log(self) -> str:
        try:
            lines = self.log_file.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return "it left no log"
        return " / ".join(lines[-3:])

    def _run(self, program: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        user = _server_user()
        done = subprocess.run(
            [str(self._binaries() / program), *arguments],
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
            cwd="/",
            # Into a file, not a pipe: the server inherits it and would hold a pipe open.
            stdin=subprocess.DEVNULL,
            stdout=(out := tempfile.TemporaryFile("w+", encoding="utf-8")),  # noqa: SIM115
            stderr=(err := tempfile.TemporaryFile("w+", encoding="utf-8")),  # noqa: SIM115
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            text=True,
            check=False,
            # Ctrl-C in the terminal is for Yike, which then stops the server in order.
            start_new_session=True,
        )
        with out, err:
            out.seek(0)
            err.seek(0)
            result = subprocess.CompletedProcess(done.args, done.returncode, out.read(), err.read())
        if check and result.returncode != 0:
            raise DatabaseUnavailable(f"{program} failed: {result.stderr.strip() or result.stdout.strip()}")
        return result

    def _binaries(self) -> Path:
        if self.exists():
            version = int((self._data / "PG_VERSION").read_text().strip())
            if (folder := _installed().get(version)) is not None:
                return folder
            raise EnvironmentMissing(
                f"the private database was made by PostgreSQL {version}, which is not installed any more.",
                where=str(self._data),
                hint=f"Install postgresql-{version}-postgis-3, or restore a backup into a new YIKE_HOME.",
            )
        installed = {v: folder for v, folder in _installed().items() if v >= _OLDEST and _has_postgis(v)}
        if not installed:
            raise EnvironmentMissing(
                f"PostgreSQL ≥ {_OLDEST} with PostGIS is not installed.",
                hint="On Debian or Ubuntu: apt-get install postgresql-15-postgis-3; scripts/up does it. "
                "Or set YIKE_DATABASE_URL to another server.",
            )
        return installed[max(installed)]


def _server_user() -> pwd.struct_passwd | None:
    """The user the server must run as, when that is not who we are."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        raise EnvironmentMissing(
            "there is no user `postgres`, and PostgreSQL refuses to run as root.",
            hint="Install postgresql-15-postgis-3, or run as an ordinary user.",
        ) from None


def _installed() -> dict[int, Path]:
    """Folders with server programs, by major version."""
    found: dict[int, Path] = {}
    for folder in Path("/usr/lib/postgresql").glob("*/bin"):
        if re.fullmatch(r"\d+", folder.parent.name) and (folder / "initdb").exists():
            found[int(folder.parent.name)] = folder
    return found


def _has_postgis(version: int) -> bool:
    return Path(f"/usr/share/postgresql/{version}/extension/postgis.control").exists()
