#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Writes the reference of every room's public declarations to .build/docs/ROOM.doccarchive; a web
# server that serves such a folder shows it.
set -eu

cd "$(dirname "$0")/.."
swift build
graphs=.build/docs/graphs
rm -rf .build/docs
mkdir -p "$graphs"
triple=$(swift -print-target-info | sed -n 's/.*"unversionedTriple" *: *"\([^"]*\)".*/\1/p')
modules=$(swift build --show-bin-path)/Modules
for folder in Sources/*/; do
    room=$(basename "$folder")
    [ -f "$modules/$room.swiftmodule" ] || continue
    mkdir "$graphs/$room"
    # Modules imported for their C declarations lie beside their module maps.
    set -- $(find Sources -name module.modulemap -printf '-Xcc -fmodule-map-file=%p ')
    swift symbolgraph-extract -module-name "$room" -target "$triple" -I "$modules" "$@" \
        -minimum-access-level public -output-dir "$graphs/$room" 2>/dev/null ||
        { rm -rf "${graphs:?}/$room"; echo "docs: left out $room" >&2; continue; }
    docc convert --fallback-display-name "$room" --fallback-bundle-identifier "millrace.$room" \
        --additional-symbol-graph-dir "$graphs/$room" --output-path ".build/docs/$room.doccarchive"
done
echo "docs: .build/docs"
