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
        angle = step / 1600 * 3.14159265
        z = int(step / 100)
        for (strand = 0; strand < 2; strand++) {
            x = int(24 + 18 * cos(angle + strand * 3.14159265))
            y = int(24 + 18 * sin(angle + strand * 3.14159265))
            # Any program that prints x,y,z,r,g,b will do.
            printf "%d,%d,%d,%d,%d,%d\n", x, y, z, strand ? 230 : 40, 90, 255 - z * 2
        }
    }
}' | goxel-cli add-voxels --file -
# Every sixth layer a rung between them, as points of another form: white space, one colour for all.
awk 'BEGIN {
    for (z = 3; z < 96; z += 6) {
        angle = z / 16 * 3.14159265
        for (t = -16; t <= 16; t++) print int(24 + t * cos(angle)), int(24 + t * sin(angle)), z
    }
}' | goxel-cli add-voxels --file - --color wheat
goxel-cli render "$out/spiral.png" --size 480x640
goxel-cli save "$out/spiral.gox"
