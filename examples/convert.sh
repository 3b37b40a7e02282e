#!/bin/sh
# A folder of .vox files becomes .obj files with thumbnails. No project is opened for it: what is
# in the daemon stays as it is.
#
#     examples/convert.sh FROM TO
set -eu

goxel-cli convert --jobs 2 --format obj "$1" "$2/"
goxel-cli convert --jobs 2 --format png --size 256x256 "$1" "$2/"
