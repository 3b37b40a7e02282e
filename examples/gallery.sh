#!/bin/sh
# A gallery: every shape that there is, rendered from every camera that there is.
#
#     examples/gallery.sh [DIRECTORY]
set -eu
out=${1:-.}
mkdir -p "$out"

shape() { # NAME SIZE COLOR
    goxel-cli --quiet new "$1" --size 32,32,32
    goxel-cli --quiet shape "$1" 16,16,16 "$2" "$3"
    for camera in front back left right top bottom isometric; do
        goxel-cli render "$out/$1-$camera.png" --size 160x160 --camera "$camera"
    done
    goxel-cli --quiet close "$1"
}

shape box 20 slateblue
shape sphere 24 tomato
shape ellipsoid 28,20,12 gold
shape cylinder 20,20,26 seagreen
shape cone 24,24,28 orchid
shape pyramid 26,26,20 peru
