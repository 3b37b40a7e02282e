#!/bin/sh
# Points from another program through a pipe: awk winds two strands of coloured voxels around each
# other and writes one point a line; goxel-cli reads them as they come.
#
#     examples/spiral.sh [DIRECTORY]
set -eu
out=${1:-.}

goxel-cli new spiral --size 48,48,96
awk 'BEGIN {
    for (step = 0; step < 9600; step++) {
        angle = step / 400 * 3.14159265
        z = int(step / 100)
        for (strand = 0; strand < 2; strand++) {
            x = int(24 + 18 * cos(angle + strand * 3.14159265))
            y = int(24 + 18 * sin(angle + strand * 3.14159265))
            # Any program that prints x,y,z,r,g,b will do.
            printf "%d,%d,%d,%d,%d,%d\n", x, y, z, strand ? 230 : 40, 90, 255 - z * 2
        }
    }
}' | goxel-cli add-voxels --file -
# Every eighth step a rung, as points of another form: white space and one colour for all.
awk 'BEGIN { for (z = 4; z < 96; z += 8) for (x = 8; x <= 40; x++) print x, 24, z }' |
    goxel-cli add-voxels --file - --color wheat
goxel-cli render "$out/spiral.png" --size 480x640
goxel-cli save "$out/spiral.gox"
