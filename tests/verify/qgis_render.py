# mypy: ignore-errors
"""Run by Debian's Python with QGIS: opens a GeoPackage's layers with their default styles and renders them.

Arguments: the GeoPackage, the picture to write. Prints what QGIS found, as JSON.
"""

import json
import sys

from qgis.core import QgsApplication, QgsMapRendererParallelJob, QgsMapSettings, QgsRectangle, QgsVectorLayer
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

source, picture = sys.argv[1:]
app = QgsApplication([], False)
app.initQgis()
layers, found = [], {}
for name in ("coverage", "facilities", "gaps"):
    layer = QgsVectorLayer(f"{source}|layername={name}", name, "ogr")
    fields = layer.fields()
    found[name] = {
        "valid": layer.isValid(),
        "crs": layer.crs().authid(),
        "features": layer.featureCount(),
        "renderer": layer.renderer().type(),
        "rules": [item.label() for item in layer.renderer().legendSymbolItems()],
        "aliases": {field.name(): layer.attributeAlias(i) for i, field in enumerate(fields)},
        "styles": layer.listStylesInDatabase()[2],
    }
    layers.append(layer)
settings = QgsMapSettings()
settings.setLayers(list(reversed(layers)))
settings.setDestinationCrs(layers[0].crs())
settings.setBackgroundColor(QColor(255, 255, 255))
settings.setOutputSize(QSize(900, 900))
extent = QgsRectangle(layers[0].extent())
extent.scale(1.05)
settings.setExtent(extent)
job = QgsMapRendererParallelJob(settings)
job.start()
job.waitForFinished()
found["errors"] = [error.message for error in job.errors()]
job.renderedImage().save(picture)
print(json.dumps(found, ensure_ascii=False))
