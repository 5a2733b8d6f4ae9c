"""A bare machine: base Debian in a chroot, the clone, two commands. Takes minutes; needs root and debootstrap."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.verify.conftest import Figures

TITLE = "A bare machine"
ROOT = Path(__file__).resolve().parents[2]
BARE = Path(os.environ.get("YIKE_BARE", "/var/tmp/yike-bare"))  # noqa: S108 — must outlive this process, on a disk
# What this machine needs to reach the package registries, the bare one needs too.
PASSED_ON = re.compile(r"(?i)(.*_proxy|.*_CA_BUNDLE|.*_CA_CERTS|SSL_CERT_.*|PIP_.*|npm_config_.*)$")
AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)

pytestmark = pytest.mark.timeout(3600)


class Machine:
    """Base Debian below a folder."""

    def run(self, command: str, *, user: str = "root", check: bool = True) -> tuple[str, float]:
        """A shell command in it; what it printed, and the seconds it took."""
        home = "/root" if user == "root" else f"/home/{user}"
        environment = {name: value for name, value in os.environ.items() if PASSED_ON.match(name)}
        environment |= {
            "HOME": home,
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "LANG": "C.UTF-8",
            "USER": user,
            "YIKE_REAL_DATA": "/srv/real-data",
        }
        started = time.monotonic()
        done = subprocess.run(
            ["chroot", f"--userspec={user}", str(BARE), "bash", "-c", f"cd {home} && {command}"],
            env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            check=False,
        )  # fmt: skip
        seconds = time.monotonic() - started
        print(f"$ ({user}) {command}\n{done.stdout}\n-> {done.returncode}, {seconds:.1f} s", flush=True)
        if check:
            assert done.returncode == 0, done.stdout[-6000:]
        return done.stdout, seconds


@pytest.fixture(scope="module")
def machine(real_data: Path) -> Iterator[Machine]:
    if os.geteuid() != 0 or shutil.which("debootstrap") is None:
        pytest.fail("this verification needs root and debootstrap")
    dismantle()
    subprocess.run(["debootstrap", "--variant=minbase", "--include=python3", "bookworm", str(BARE)], check=True,
                   stdout=subprocess.DEVNULL)  # fmt: skip
    for special in ("proc", "dev"):
        subprocess.run(["mount", "--rbind", f"/{special}", str(BARE / special)], check=True)
        # What is unmounted in there stays mounted out here.
        subprocess.run(["mount", "--make-rslave", str(BARE / special)], check=True)
    for file in ("/etc/resolv.conf", "/etc/hosts", str(AUTHORITIES)):
        (BARE / file[1:]).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, BARE / file[1:])
    # Installing ca-certificates writes that bundle anew, from what it brings and from this folder.
    local = BARE / "usr/local/share/ca-certificates"
    local.mkdir(parents=True, exist_ok=True)
    for number, certificate in enumerate(re.findall(CERTIFICATE, AUTHORITIES.read_text(encoding="utf-8"))):
        (local / f"host-{number}.crt").write_text(f"{certificate}\n", encoding="utf-8")
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(BARE / "root/yike")], check=True)
    shutil.copytree(real_data, BARE / "srv/real-data")
    yield Machine()
    dismantle()


def dismantle() -> None:
    """End what still runs in the chroot, unmount, remove."""
    if not BARE.exists():
        return
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "root").readlink() == BARE:
                os.kill(int(process.name), 9)
        except OSError:
            continue
    for special in ("proc", "dev"):
        subprocess.run(["umount", "--recursive", "--lazy", str(BARE / special)], check=False, stderr=subprocess.DEVNULL)
    mounted = [line for line in Path("/proc/mounts").read_text().splitlines() if str(BARE) in line]
    assert not mounted, f"still mounted: {mounted}"
    shutil.rmtree(BARE)


def running_in_chroot() -> list[str]:
    """Commands of processes that live in the chroot."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "root").readlink() == BARE:
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return found


def test_two_commands_on_a_bare_machine(machine: Machine, figures: Figures) -> None:
    told, first_s = machine.run("cd yike && scripts/up --detach")
    assert re.search(r"Yike is running: http://127\.0\.0\.1:8000", told)
    figures.add(
        "`scripts/up --detach` as root, from nothing but base Debian and Python", f"{first_s:.0f} s (allowed: 480)"
    )
    told, second_s = machine.run("cd yike && scripts/up --detach")
    assert "Yike is running" in told
    figures.add("the same again while it runs", f"{second_s:.1f} s (allowed: 15)")
    page, _ = machine.run(
        "python3 -c \"import urllib.request as u; print(u.urlopen('http://127.0.0.1:8000/wall').read()[:300])\""
    )
    assert "<!doctype html" in page.lower()
    machine.run("cd yike && .venv/bin/yike down")
    assert running_in_chroot() == []
    told, restart_s = machine.run("cd yike && scripts/up --detach")
    figures.add("the same again after `yike down`", f"{restart_s:.1f} s (allowed: 15)")
    machine.run("cd yike && .venv/bin/yike down")
    told, test_s = machine.run("cd yike && scripts/test")
    lanes = re.findall(r"(\d+) passed(.*)", told)
    passed = " + ".join(number for number, _ in lanes)
    figures.add("`scripts/test` there", f"{passed} passed; {test_s:.0f} s with its own installations")
    assert len(lanes) == 3
    assert not any("skipped" in rest for _, rest in lanes)
    assert first_s < 480
    assert second_s < 15
    assert restart_s < 15
    assert running_in_chroot() == []


def test_the_same_as_an_ordinary_user(machine: Machine, figures: Figures) -> None:
    machine.run("useradd --create-home wang && cp -r /root/yike /home/wang/ && chown -R wang: /home/wang")
    machine.run("rm -rf yike/.venv yike/web/dist yike/web/node_modules", user="wang")
    told, seconds = machine.run("cd yike && scripts/up --detach --port 8010", user="wang")
    assert "Yike is running: http://127.0.0.1:8010" in told
    figures.add("`scripts/up --detach` as an ordinary user, packages there", f"{seconds:.0f} s")
    _, seconds = machine.run("cd yike && scripts/up --detach --port 8010", user="wang")
    figures.add("the same again", f"{seconds:.1f} s (allowed: 15)")
    assert seconds < 15
    machine.run("cd yike && .venv/bin/yike down", user="wang")
    assert running_in_chroot() == []
