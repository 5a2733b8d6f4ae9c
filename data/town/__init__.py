"""The generated sample town: a water town in the open water of Lake Tai, the same for the same seed."""

from data.town.load import build_town, remove_town
from data.town.on_import import furnish_import
from data.town.scale import Scale
from data.town.summary import TownSummary

__all__ = ["Scale", "TownSummary", "build_town", "furnish_import", "remove_town"]
