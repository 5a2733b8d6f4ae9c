"""The domain of Yike and its PostGIS model: areas, streets, homes, devices, and what happens to them.

Knows nothing of HTTP. Everything located is in WGS 84 (EPSG:4326) unless a name says otherwise.
"""

from importlib.metadata import version

__version__ = version("yike")
