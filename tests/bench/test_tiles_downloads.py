"""A layer of 1,000,000 buildings as a file: seconds, and how far memory grows beyond a layer of 10,000."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from geo.export.formats import FORMATS
from tests.verify.conftest import Figures

TITLE = "Whole layers as files"
MANY = 1_000_000
FEW = 10_000

FILL = """
insert into yike.building (source_key, name, address, use, floors, path, geom)
select 'b' || n, '幸福里' || n || '幢', '幸福路' || n || '号', 'residential', 1 + n % 30, '',
  st_multi(st_makeenvelope(x, y, x + 0.0002, y + 0.0001, 4326))
from generate_series(1, :count) as n, lateral (select 120 + (n % 1000) * 0.0004, 31 + n / 1000 * 0.0003) as p(x, y)
"""
WRITE = """
import re, sys, time
from pathlib import Path
from geo.database.engine import make_engine
from geo.export.write import write_layer
from geo.scope import AreaScope
url, form, file = sys.argv[1:]
began = time.monotonic()
rows = write_layer(make_engine(url), "building", Path(file), form, AreaScope.everything())
took = time.monotonic() - began
print(rows, took, int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024)
"""


@pytest.mark.timeout(1800)
def test_memory_does_not_grow_with_the_layer(database: Engine, tmp_path: Path, figures: Figures) -> None:
    peak_mb: dict[tuple[str, int], float] = {}
    for count in (FEW, MANY):
        with database.begin() as connection:
            # What follows from an edit is not what is measured.
            connection.execute(text("set local session_replication_role = replica"))
            connection.execute(text("delete from yike.building"))
            connection.execute(text(FILL), {"count": count})
        for form in FORMATS:
            file = tmp_path / f"{count}.{form}"
            url = database.url.render_as_string(hide_password=False).replace("+psycopg2", "")
            done = subprocess.run(
                [sys.executable, "-c", WRITE, url, form, str(file)], capture_output=True, text=True, check=True
            )
            rows, seconds, peak_mb[form, count] = (float(word) for word in done.stdout.split())
            assert rows == count
            if count == MANY:
                grown = peak_mb[form, MANY] - peak_mb[form, FEW]
                figures.add(
                    f"1,000,000 buildings as .{form}",
                    f"{seconds:.0f} s, {file.stat().st_size / 1e6:.0f} MB; peak memory {peak_mb[form, MANY]:.0f} MB, "
                    f"{grown:.0f} MB more than for 10,000",
                )
                assert grown < 400
            file.unlink()
