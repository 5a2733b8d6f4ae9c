# mypy: ignore-errors
"""Run by Debian's Python with QGIS: draws vector tiles with a MapLibre style, both given by URL alone.

Arguments: the tiles' template, the style's URL, west south east north in Web Mercator metres, the picture to write.
Prints what QGIS made of the style, as JSON.
"""

import json
import sys

from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsDataSourceUri,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsRectangle,
    QgsVectorTileLayer,
)
from qgis.PyQt.QtCore import QEventLoop, QSize
from qgis.PyQt.QtGui import QColor

template, style, west, south, east, north, picture = sys.argv[1:]
app = QgsApplication([], False)
app.initQgis()
uri = QgsDataSourceUri()
for name, value in (("type", "xyz"), ("url", template), ("styleUrl", style), ("zmin", "8"), ("zmax", "16")):
    uri.setParam(name, value)
layer = QgsVectorTileLayer(bytes(uri.encodedUri()).decode(), "yike")
told = layer.loadDefaultStyle()
settings = QgsMapSettings()
settings.setLayers([layer])
settings.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
settings.setBackgroundColor(QColor(255, 0, 255))
settings.setOutputSize(QSize(1000, 800))
settings.setExtent(QgsRectangle(*map(float, (west, south, east, north))))
job = QgsMapRendererParallelJob(settings)
waiting = QEventLoop()
job.finished.connect(waiting.quit)
job.start()
waiting.exec_()
job.renderedImage().save(picture)
labels = layer.labeling().styles() if layer.labeling() else []
found = {
    "valid": layer.isValid(),
    "told": [str(part) for part in told],
    "rules": [rule.styleName() for rule in layer.renderer().styles()],
    "without_condition": [rule.styleName() for rule in layer.renderer().styles() if not rule.filterExpression()],
    "labels": [rule.styleName() for rule in labels],
    "without_text": [rule.styleName() for rule in labels if "name" not in rule.labelSettings().fieldName],
    "errors": [error.message for error in job.errors()],
}
print(json.dumps(found, ensure_ascii=False))
