"""What comes in: the catalogue, OpenStreetMap, tables, and the generated sample town."""
