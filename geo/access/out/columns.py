"""What the columns of a file are in words, with their units, in Chinese and in English."""

from __future__ import annotations

from geo.access.out.survey import Survey

_PLAIN = {
    "building_id": ("楼栋编号", "id of the building"),
    "cell": ("H3 单元", "H3 cell"),
    "area_id": ("区域编号", "id of the area"),
    "area": ("所属区域", "path of the area"),
    "level": ("层级", "level of the area"),
    "name": ("名称", "name"),
    "name_en": ("英文名称", "name in English"),
    "lon": ("经度（度，WGS 84）", "longitude, degrees, WGS 84"),
    "lat": ("纬度（度，WGS 84）", "latitude, degrees, WGS 84"),
    "buildings": ("楼栋（幢）", "buildings, count"),
    "residents": ("居民（人）", "residents, persons"),
    "residents_60": ("60 岁及以上（人）", "residents of 60 and older, persons"),
    "residents_alone": ("独居（人）", "residents living alone, persons"),
    "unconnected": ("未连上道路", "joins no street: a gap of the map, not of the service"),
    "facility_id": ("设施编号", "id of the facility"),
    "category": ("类别代码", "code of the category"),
    "category_name": ("类别", "category"),
    "threshold_min": ("时限（分钟）", "threshold, minutes"),
    "rank": ("名次", "rank, the most people first"),
    "minutes": ("到最近设施（分钟）", "to the nearest facility, minutes"),
    "capacity": ("容量（座、床等）", "capacity: seats, beds, what the category counts"),
    "opening_hours": ("营业时间", "opening hours, OpenStreetMap's notation"),
}


def in_words(found: Survey, column: str) -> tuple[str, str] | None:
    """What a column is, in Chinese and in English; None for one that needs no words."""
    if column in _PLAIN:
        return _PLAIN[column]
    # The longest code first: one may end like another.
    for service in sorted(found.services, key=lambda service: -len(service.code)):
        if column.endswith(f"_{service.code}"):
            told = _of_service(found, column.removesuffix(f"_{service.code}"))
            return None if told is None else (f"{service.name}：{told[0]}", f"{service.name_en}: {told[1]}")
    return None


def _of_service(found: Survey, what: str) -> tuple[str, str] | None:
    known = {
        "minutes": ("到最近设施（分钟）", "to the nearest, minutes"),
        "facility_id": ("最近的设施编号", "id of the nearest facility"),
    }
    for limit in found.minutes:
        zh, en = f"{limit:g} 分钟内", f"within {limit:g} minutes"
        known |= {
            f"within_{limit:g}min": (zh, en),
            f"covered_{limit:g}min": (f"{zh}居民（人）", f"residents {en}, persons"),
            f"covered_60_{limit:g}min": (f"{zh} 60 岁及以上（人）", f"residents of 60 and older {en}, persons"),
            f"covered_alone_{limit:g}min": (f"{zh}独居（人）", f"residents living alone {en}, persons"),
            f"share_{limit:g}min": (f"{zh}居民比例（0–1）", f"share of residents {en}, 0 to 1"),
        }
    return known.get(what)
