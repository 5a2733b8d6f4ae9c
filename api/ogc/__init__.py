"""OGC API – Features and Tiles: the same data as everywhere else, in the words that GIS programs speak."""
