"""Tours to take away: a workbook for the office, a calendar for a worker's phone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

from icalendar import Calendar, Event, Timezone

from geo.tours.hours import CHINA

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_HEAD = ("日期", "网格员", "序号", "到达", "离开", "小区", "楼栋", "单元", "楼层", "房号", "地址", "走访对象",
         "时间要求", "备注", "状态", "完成时间", "走访记录")  # fmt: skip
_WIDE = (12, 12, 6, 8, 8, 18, 12, 6, 6, 10, 28, 16, 14, 20, 10, 18, 30)
_STATES = {"planned": "待走访", "done": "已走访", "skipped": "跳过", "missed": "无人应门", "unplanned": "未安排"}


def workbook(tours: Iterable[dict[str, Any]], masked: Callable[[str], str]) -> bytes:
    """An XLSX with a row a visit, in the order of days, workers and visits; names go through `masked`."""
    # Loaded with the first workbook: most services never make one.
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    sheet.title = "走访计划"
    sheet.append(_HEAD)
    for tour in tours:
        for visit in tour["visits"]:
            begin = visit["arrive_at"] + timedelta(seconds=visit["wait_s"])
            sheet.append([
                tour["day"], _safe(tour["worker"]), visit["position"], _clock(visit["arrive_at"]),
                _clock(begin + timedelta(seconds=visit["visit_s"])), _safe(visit["compound"]), _safe(visit["building"]),
                _safe(visit["entrance"]), visit["floor"], _safe(visit["room"]), _safe(visit["address"]),
                _safe("、".join(masked(person["name"]) for person in visit["people"])),
                f"{visit['opens']:%H:%M}–{visit['closes']:%H:%M}" if visit["opens"] else None, _safe(visit["wish"]),
                _STATES[visit["state"]],
                visit["done_at"].astimezone(CHINA).replace(tzinfo=None) if visit["done_at"] else None,
                _safe(visit["note"]),
            ])  # fmt: skip
    for column, width in enumerate(_WIDE, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.alignment = Alignment(vertical="center")
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def calendar(tours: Sequence[dict[str, Any]]) -> bytes:
    """An iCalendar (RFC 5545) with an event a visit that is still planned; a visit keeps its UID wherever it is moved.

    Says where, and nobody's name: calendars are synchronised to places we do not know.
    """
    told = Calendar()
    told.add("prodid", "-//Yike//tours//ZH")
    told.add("version", "2.0")
    told.add("method", "PUBLISH")
    told.add("x-wr-calname", "走访计划")
    told.add("x-wr-timezone", CHINA.key)
    told.add_component(Timezone.from_tzid(CHINA.key))
    for tour in tours:
        for visit in tour["visits"]:
            if visit["state"] != "planned":
                continue
            begin = (visit["arrive_at"] + timedelta(seconds=visit["wait_s"])).astimezone(CHINA)
            event = Event()
            event.add("uid", f"visit-{visit['id']}@yike")
            event.add("dtstamp", datetime.now(UTC))
            event.add("last-modified", tour["changed_at"])
            event.add("sequence", int(tour["changed_at"].timestamp()))
            event.add("dtstart", begin)
            event.add("dtend", begin + timedelta(seconds=visit["visit_s"]))
            event.add("summary", f"走访 {_where(visit)}")
            event.add("location", visit["address"] or _where(visit))
            event.add("geo", (visit["lat"], visit["lon"]))
            if visit["wish"]:
                event.add("description", visit["wish"])
            told.add_component(event)
    return bytes(told.to_ical())


def _where(visit: dict[str, Any]) -> str:
    parts = [visit["compound"], visit["building"], f"{visit['entrance']}单元" if visit["entrance"] else None,
             f"{visit['floor']}楼", visit["room"]]  # fmt: skip
    return " ".join(part for part in parts if part)


def _clock(at: datetime) -> str:
    return at.astimezone(CHINA).strftime("%H:%M")


def _safe(text: str | None) -> str | None:
    """Never a formula: what people type may begin with a sign that a spreadsheet computes."""
    return f"'{text}" if text and text[0] in "=+-@\t\r" else text
