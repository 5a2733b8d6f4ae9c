"""Coverage to take away: frames for notebooks, GeoPackage, GeoJSON, CSV, GeoTIFF and a report in one file."""
