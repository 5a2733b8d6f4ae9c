"""Tiles: addresses, layers, where a layer's bytes come from, TileJSON and styles. Knows no HTTP."""
