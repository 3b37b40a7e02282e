// A landscape of hills, water and trees.
//
//     goxel-cli script examples/terrain.js
//
// The same seed gives the same landscape: `--seed 7` gives another.

const size = 96
const sea = 9
const noise = goxel.noise()
const random = goxel.random(goxel.seed)

// How high the ground is: broad hills with finer ones on them, lower towards the sides.
function height(x, y) {
  const hills = noise.fractal(x / 48, y / 48, 0, { octaves: 5 })
  const away = Math.hypot(x - size / 2, y - size / 2) / (size / 2)
  return Math.max(1, Math.round(14 + 16 * hills + 6 * (0.7 - away * away)))
}

// What the ground is made of: sand by the sea, then grass, rock and snow.
function top(z) {
  if (z <= sea + 1) return [216, 198, 144]
  const shade = random.int(-10, 10)
  if (z < 20) return [93 + shade, 143 + shade, 63 + shade]
  if (z < 26) return [125 + shade, 116 + shade, 104 + shade]
  return [240, 244, 248]
}

const ground = goxel.image.activeLayer
ground.name = 'ground'
const land = ground.volume

for (let y = 0; y < size; y++) {
  for (let x = 0; x < size; x++) {
    const z = height(x, y)
    land.fill([[x, y, 0], [x + 1, y + 1, z]], '#6f665a')
    land.setAt([x, y, z], top(z))
  }
  goxel.progress(y, 2 * size)
}

// A trunk, and a crown of a sphere that noise makes ragged.
function tree(volume, x, y, z) {
  const trunk = random.int(4, 7)
  volume.fill([[x, y, z], [x + 1, y + 1, z + trunk]], '#6b4a2b')
  const [cx, cy, cz, r] = [x, y, z + trunk + 1, random.between(2.2, 3.4)]
  const green = [40 + random.int(0, 30), 100 + random.int(0, 40), 40]
  volume.fromSdf(
    [[cx - 5, cy - 5, cz - 5], [cx + 6, cy + 6, cz + 6]],
    (px, py, pz) => Math.hypot(px - cx, py - cy, pz - cz) - r + 1.2 * noise.simplex(px / 2, py / 2, pz / 2),
    green,
  )
}

const trees = goxel.image.addLayer('trees').volume
const taken = []
let planted = 0
for (let attempt = 0; attempt < 2000 && planted < 60; attempt++) {
  const [x, y] = [random.int(4, size - 5), random.int(4, size - 5)]
  const z = height(x, y)
  const isFree = taken.every(([tx, ty]) => Math.hypot(x - tx, y - ty) > 6)
  // Woods stand where another noise says so.
  const isWood = noise.simplex(x / 20, y / 20, 100) > -0.1
  if (z > sea + 2 && z < 20 && isFree && isWood) {
    tree(trees, x, y, z + 1)
    taken.push([x, y])
    planted++
  }
}

const water = goxel.image.addLayer('sea')
water.volume.fill([[0, 0, 0], [size, size, sea]], [47, 111, 159, 170])
water.volume.combine(land, 'subtract')
ground.activate()
goxel.progress(2 * size, 2 * size)

const result = { trees: planted, voxels: goxel.image.getLayersVolume().count }
result
