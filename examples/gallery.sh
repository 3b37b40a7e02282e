#!/bin/sh
# A gallery: every shape that there is, rendered from every camera that there is.
#
#     examples/gallery.sh [DIRECTORY]
set -eu
out=${1:-.}
mkdir -p "$out"

show() { # NAME
    for camera in front back left right top bottom isometric; do
        goxel-cli render "$out/$1-$camera.png" --size 160x160 --camera "$camera"
    done
    goxel-cli --quiet close "$1"
}

shape() { # NAME SIZE COLOR
    goxel-cli --quiet new "$1" --size 32,32,32
    goxel-cli --quiet shape "$1" 16,16,16 "$2" "$3"
    show "$1"
}

shape box 20 slateblue
shape sphere 24 tomato
shape ellipsoid 28,20,12 gold
shape cylinder 20,20,26 seagreen
shape cone 24,24,28 orchid
shape pyramid 26,26,20 peru
shape torus 28 coral
shape plane 24 khaki

# A die: what shapes do to each other.
goxel-cli --quiet new die --size 32,32,32
goxel-cli batch --quiet - <<'END'
shape box 16,16,16 20 ivory
shape sphere 16,16,16 27 ivory --mode intersect
shape sphere 16,6,16 6 red --mode subtract
shape cylinder 6,16,16 5,5,9 navy --axis x --mode paint
line 6,6,6 25,25,25 gold
END
show die
