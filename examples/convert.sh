#!/bin/sh
# A folder of .vox files becomes .obj files with thumbnails. No project is opened for it: what is
# in the daemon stays as it is.
#
#     examples/convert.sh FROM TO
set -eu
from=$1
to=$2
mkdir -p "$to"

for file in "$from"/*.vox; do
    name=$(basename "$file" .vox)
    goxel-cli convert "$file" "$to/$name.obj"
    goxel-cli convert "$file" "$to/$name.png"
done
