// A city: blocks between streets, houses by the centre higher, lit windows, parks and a tower with a sign.
//
//     goxel-cli script examples/city.js
//
// The same seed gives the same city.

const blocks = 5
const block = 22
const street = 5
const pitch = block + street
const size = blocks * pitch + street
const random = goxel.random(goxel.seed)

const ground = goxel.image.activeLayer
ground.name = 'ground'
ground.volume.fill([[0, 0, 0], [size, size, 1]], '#3a3d42')

// A dashed line along the middle of each street, both ways.
for (let i = 0; i <= blocks; i++) {
  const middle = i * pitch + 2
  for (let at = 0; at < size; at += 6) {
    ground.volume.fill([[middle, at, 0], [middle + 1, at + 3, 1]], '#d8d2b0')
    ground.volume.fill([[at, middle, 0], [at + 3, middle + 1, 1]], '#d8d2b0')
  }
}

const walls = ['#b8a890', '#9aa3ad', '#8d6e5c', '#c9c2b4', '#6f7f8c', '#a5584a']
const houses = goxel.image.addLayer('houses').volume

// A house: walls, windows in rows - some of them lit -, and something on the roof.
function house(x, y, width, depth, floors) {
  const height = floors * 3 + 1
  const wall = random.pick(walls)
  houses.fill([[x, y, 1], [x + width, y + depth, 1 + height]], wall)
  for (let floor = 0; floor < floors; floor++) {
    const z = 2 + floor * 3
    for (let i = 1; i < width - 1; i += 2) {
      for (const side of [y, y + depth - 1]) houses.setAt([x + i, side, z], window())
    }
    for (let i = 1; i < depth - 1; i += 2) {
      for (const side of [x, x + width - 1]) houses.setAt([side, y + i, z], window())
    }
  }
  const roof = 1 + height
  houses.fill([[x + 1, y + 1, roof - 1], [x + width - 1, y + depth - 1, roof]], '#55585c')
  if (floors > 8) {
    houses.shape('cylinder', { center: [x + (width >> 1), y + (depth >> 1), roof + 2], size: [3, 3, 5], color: '#777b80' })
  } else if (random.next() < 0.5) {
    houses.fill([[x + 2, y + 2, roof], [x + 4, y + 4, roof + 2]], '#8a8d92')
  }
}

function window() {
  return random.next() < 0.35 ? [255, 221, 130] : [58, 74, 94]
}

// A park: grass, a pond, and round trees.
function park(x, y) {
  ground.volume.fill([[x, y, 1], [x + block, y + block, 2]], '#4f7f3f')
  ground.volume.shape('cylinder', { center: [x + 11, y + 11, 1], size: [9, 7, 1], color: '#3f7fae' })
  for (let i = 0; i < 14; i++) {
    const [tx, ty] = [x + random.int(2, block - 3), y + random.int(2, block - 3)]
    if (Math.hypot(tx - x - 11, ty - y - 11) < 7) continue
    houses.fill([[tx, ty, 2], [tx + 1, ty + 1, 5]], '#6b4a2b')
    houses.shape('sphere', { center: [tx, ty, 6], size: random.int(3, 5), color: [50, 110 + random.int(0, 40), 50] })
  }
}

const middle = (blocks - 1) / 2
for (let by = 0; by < blocks; by++) {
  for (let bx = 0; bx < blocks; bx++) {
    const [x, y] = [street + bx * pitch, street + by * pitch]
    const isCentre = bx === middle && by === middle
    ground.volume.fill([[x, y, 1], [x + block, y + block, 2]], '#7d7f80')
    if (isCentre) continue
    if (random.next() < 0.16) { park(x, y); continue }
    // Four lots a block. Nearer to the centre houses are higher.
    const away = Math.hypot(bx - middle, by - middle)
    for (const [lx, ly] of [[1, 1], [12, 1], [1, 12], [12, 12]]) {
      const floors = Math.max(2, Math.round(15 - 5 * away + random.between(-3, 4)))
      house(x + lx, y + ly, random.int(7, 9), random.int(7, 9), floors)
    }
  }
  goxel.progress(by + 1, blocks)
}

// The tower in the centre, narrower in three steps, with its name above the roofs around.
const tower = goxel.image.addLayer('tower').volume
const centre = street + middle * pitch + block / 2
let floor = 2
for (const [width, height] of [[18, 26], [13, 22], [8, 18]]) {
  const low = centre - (width >> 1)
  tower.fill([[low, low, floor], [low + width, low + width, floor + height]], (p) => {
    const isSide = p.x === low || p.y === low || p.x === low + width - 1 || p.y === low + width - 1
    if (isSide && p.z % 2 === 0 && (p.x + p.y) % 2 === 0) return window()
    return [96, 112, 128]
  })
  floor += height
}
tower.shape('cone', { center: [centre, centre, floor + 8], size: [5, 5, 17], color: '#c0c6cc' })
tower.text('GOXEL', { at: [centre - 14, centre - 6, 51], color: '#ffd24a' })

ground.activate()
const result = { voxels: goxel.image.getLayersVolume().count, box: goxel.image.getLayersVolume().bounds }
result
