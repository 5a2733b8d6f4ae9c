# Sourced by the scripts here: prepares a machine for Yike. Safe to repeat; what is there already is left alone.
# shellcheck shell=bash

set -euo pipefail
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$ROOT"
VENV="$ROOT/.venv"

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
fail() {
  printf '\033[31myike: %s\033[0m\n' "$1" >&2
  shift
  for line in "$@"; do printf '      %s\n' "$line" >&2; done
  exit 1
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    sudo "$@"
  elif command -v sudo >/dev/null && [ -t 0 ]; then
    sudo "$@"
  else
    return 99
  fi
}

# --- Debian's packages -----------------------------------------------------------------------------------------

is_installed() { dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q 'ok installed'; }

# Installs those that are missing. As an ordinary user without sudo: names them and stops.
need_packages() {
  local missing=() package
  command -v dpkg-query >/dev/null || return 0
  for package in "$@"; do is_installed "$package" || missing+=("$package"); done
  [ ${#missing[@]} -gt 0 ] || return 0
  say "Installing ${missing[*]}"
  local log
  log="$(mktemp)"
  # An installation of PostgreSQL makes and starts a cluster of the system's own. Yike uses none, so none is made;
  # the setting goes away again with the script.
  local keep_quiet=/etc/postgresql-common/createcluster.d/yike.conf
  if ! { as_root mkdir -p "$(dirname $keep_quiet)" &&
    printf 'create_main_cluster = false\n' | as_root tee $keep_quiet >/dev/null; } 2>"$log"; then
    fail "these packages are missing and need root: ${missing[*]}" "Run: sudo apt-get install ${missing[*]}"
  fi
  if ! { as_root env DEBIAN_FRONTEND=noninteractive apt-get update &&
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"; } \
    >"$log" 2>&1 </dev/null; then
    as_root rm -f $keep_quiet
    tail -n 15 "$log" >&2
    fail "the packages could not be installed" "The whole log: $log" "Is the network up? Run the script again."
  fi
  as_root rm -f $keep_quiet
  rm -f "$log"
}

is_debian() { [ -f /etc/debian_version ] && command -v apt-get >/dev/null; }

# The newest PostgreSQL here that has PostGIS, else the one this system's packages offer.
postgresql_version() {
  local folder version found=""
  for folder in /usr/lib/postgresql/*/bin; do
    version="$(basename "$(dirname "$folder")")"
    if [ -x "$folder/initdb" ] && [ -f "/usr/share/postgresql/$version/extension/postgis.control" ]; then
      found="$version"
    fi
  done
  if [ -z "$found" ] && is_debian; then
    found="$(apt-cache depends postgresql 2>/dev/null | sed -n 's/.*Depends: postgresql-\([0-9]*\)$/\1/p' | head -1)"
  fi
  echo "${found:-15}"
}

need_system() {
  if ! is_debian; then
    [ -n "${YIKE_DATABASE_URL:-}" ] || [ -d /usr/lib/postgresql ] ||
      fail "this is not Debian or Ubuntu, and PostgreSQL with PostGIS was not found" \
        "Install PostgreSQL 15 or newer with PostGIS 3.3 or newer, or set YIKE_DATABASE_URL to a server that has them."
    return 0
  fi
  local packages=(ca-certificates)
  [ -n "$(find_python)" ] || packages+=(python3 python3-venv)
  if [ -n "$(find_python)" ] && ! "$(find_python)" -c 'import ensurepip, venv' 2>/dev/null; then
    packages+=(python3-venv)
  fi
  [ -n "$(apt-cache depends postgresql 2>/dev/null)" ] || [ -n "${YIKE_DATABASE_URL:-}" ] || refresh_lists
  [ -n "${YIKE_DATABASE_URL:-}" ] || packages+=("postgresql-$(postgresql_version)-postgis-3")
  need_packages "${packages[@]}"
}

refresh_lists() {
  say "Reading package lists"
  as_root apt-get update >/dev/null 2>&1 </dev/null || true
}

# --- Python ----------------------------------------------------------------------------------------------------

# The first Python that is new enough; nothing when there is none.
find_python() {
  local name
  for name in python3 python3.13 python3.12 python3.11; do
    if command -v "$name" >/dev/null && "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))'; then
      command -v "$name"
      return 0
    fi
  done
}

# Remembers by a digest of what it was made from that a step is done.
is_done() { [ -f "$VENV/.done-$1" ] && [ "$(cat "$VENV/.done-$1")" = "$2" ]; }
mark_done() { printf '%s' "$2" >"$VENV/.done-$1"; }
digest() { cat "$@" | sha256sum | cut -d' ' -f1; }

need_python() { # run | dev
  local python constraints="scripts/constraints/$1.txt" mark
  python="$(find_python)"
  [ -n "$python" ] || fail "Python 3.11, 3.12 or 3.13 was not found" "Install it, for instance: apt-get install python3 python3-venv"
  mark="$(digest "$constraints" pyproject.toml)"
  if is_done "python-$1" "$mark" || { [ "$1" = run ] && is_done python-dev "$(digest scripts/constraints/dev.txt pyproject.toml)"; }; then
    return 0
  fi
  if ! "$VENV/bin/python" -c 'import pip' 2>/dev/null; then
    say "Making a Python environment with $("$python" --version)"
    rm -rf "$VENV"
    "$python" -m venv "$VENV" || fail "the Python environment could not be made" "On Debian: apt-get install python3-venv"
  fi
  say "Installing Python packages ($(grep -c '^[a-z]' "$constraints"))"
  pip_install --require-hashes -r "$constraints"
  "$VENV/bin/pip" install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . ||
    fail "Yike itself could not be installed"
  mark_done "python-$1" "$mark"
}

pip_install() {
  "$VENV/bin/pip" install --quiet --disable-pip-version-check "$@" ||
    fail "Python packages could not be installed" "Is the network up? Run the script again; what was fetched is kept."
}

# --- The pages -------------------------------------------------------------------------------------------------

node_is_new_enough() {
  command -v node >/dev/null && command -v npm >/dev/null &&
    node -e 'const [a, b] = process.versions.node.split(".").map(Number);
      process.exit((a === 20 && b >= 19) || (a === 22 && b >= 12) || a > 22 ? 0 : 1)'
}

# Node for building: the system's when it is new enough, else the one that comes as a Python package.
need_node() {
  node_is_new_enough && return 0
  export PATH="$VENV/bin:$PATH"
  node_is_new_enough && return 0
  say "Installing Node"
  pip_install --require-hashes -r scripts/constraints/node.txt
  node_is_new_enough || fail "Node could not be installed" "Install Node 20.19, 22.12 or newer with npm."
}

web_sources() { find web -type f -not -path '*/node_modules/*' -not -path 'web/dist/*' | LC_ALL=C sort; }

need_web() {
  local lock_mark build_mark
  lock_mark="$(digest web/package-lock.json)"
  build_mark="$(web_sources | xargs -d '\n' sha256sum | sha256sum | cut -d' ' -f1)"
  if is_done web "$build_mark" && [ -f web/dist/index.html ] && { [ "${1:-}" != dev ] || is_done npm "$lock_mark"; }; then
    return 0
  fi
  need_node
  if ! is_done npm "$lock_mark" || [ ! -d web/node_modules ]; then
    say "Installing the pages' packages"
    (cd web && npm ci --no-audit --no-fund --loglevel=error) || fail "the pages' packages could not be installed" "Is the network up? Run the script again."
    mark_done npm "$lock_mark"
  fi
  if ! is_done web "$build_mark" || [ ! -f web/dist/index.html ]; then
    say "Building the pages"
    (cd web && npm run --silent build) || fail "the pages could not be built"
    mark_done web "$build_mark"
  fi
}
