"""MapLibre styles of the base map: day, night, wall and print, from one list of layers and a palette each."""

from tiles.style.build import STYLES, style

__all__ = ["STYLES", "style"]
