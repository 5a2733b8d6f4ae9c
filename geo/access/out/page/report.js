// Draws one service at a time on the map that folium made: `map`, with everything in `data`.
const canvas = L.canvas({ padding: 0.5 })
map.attributionControl.setPrefix(false)
if (data.credit) map.attributionControl.addAttribution(data.credit)

const plain = (geometry, style) => L.geoJSON(geometry, { style, renderer: canvas, interactive: false }).addTo(map)
plain(data.green, { stroke: false, fillColor: '#dbe8cf', fillOpacity: 1 })
plain(data.water, { stroke: false, fillColor: '#c3d9e4', fillOpacity: 1 })
plain(data.streets, { color: '#d2cdc2', weight: 1.6 })
plain(data.outline, { color: '#5b6670', weight: 1.5, dashArray: '6 5', fill: false })

let current = 0
const band = (minutes) => {
  if (minutes === null) return data.bands[data.bands.length - 1]
  return data.bands.find((one) => one.upTo !== null && minutes <= one.upTo) ?? data.bands[data.bands.length - 2]
}
const style = (feature) => {
  const minutes = feature.properties.minutes[current]
  return { color: '#ffffff', weight: 0.5, fillColor: band(minutes).colour, fillOpacity: data.opacity }
}
const told = (layer) => {
  const { minutes, nearest, residents, residents_60 } = layer.feature.properties
  const walk = minutes[current]
  const name = data.services[current].facilities[nearest[current]]
  const way =
    walk === null
      ? '走不到 <span class="en">no way</span>'
      : `<b>${walk.toFixed(1)}</b> 分钟 <span class="en">min</span>${name ? ` → ${name[2]}` : ''}`
  return `${way}<br>居民 ${residents} 人，60 岁以上 ${residents_60} 人 <span class="en">residents, of 60 and older</span>`
}
const homes = L.geoJSON(data.homes, { style, renderer: canvas }).bindTooltip(told, { sticky: true }).addTo(map)

let shown = L.layerGroup().addTo(map)
const show = (number) => {
  current = number
  homes.setStyle(style)
  shown.clearLayers()
  for (const [lon, lat, name] of Object.values(data.services[number].facilities)) {
    L.circleMarker([lat, lon], { radius: 5, color: '#c51162', weight: 2, fillColor: '#fff', fillOpacity: 1 })
      .bindTooltip(name)
      .addTo(shown)
  }
}

for (const choice of document.querySelectorAll('input[name="service"]')) {
  choice.addEventListener('change', () => show(Number(choice.value)))
  // A browser that goes back has kept another choice than the first.
  if (choice.checked) show(Number(choice.value))
}
L.control.scale({ imperial: false, position: 'bottomright' }).addTo(map)
map.fitBounds(homes.getBounds(), { padding: [20, 20], animate: false })

// The gaps below lead here.
for (const button of document.querySelectorAll('button.go')) {
  button.addEventListener('click', () => {
    const [west, south, east, north] = button.dataset.bbox.split(',').map(Number)
    const choice = document.querySelector(`input[name="service"][value="${button.dataset.service}"]`)
    if (!choice.checked) choice.click()
    map.getContainer().scrollIntoView({ block: 'center' })
    map.fitBounds([[south, west], [north, east]], { maxZoom: 17, padding: [60, 60] })
  })
}
