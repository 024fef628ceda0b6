#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Writes the reference of every room's public declarations to .build/docs/ROOM.doccarchive; a web
# server that serves such a folder shows it.
set -eu

cd "$(dirname "$0")/.."
swift package dump-symbol-graph --skip-synthesized-members --minimum-access-level public
graphs=$(dirname "$(swift build --show-bin-path)")/symbolgraph
rm -rf .build/docs
for folder in Sources/*/; do
    room=$(basename "$folder")
    [ -f "$graphs/$room.symbols.json" ] || continue
    mkdir -p ".build/docs/graphs/$room"
    cp "$graphs/$room.symbols.json" "$graphs/$room"@*.symbols.json ".build/docs/graphs/$room" \
        2>/dev/null || true # extensions of other modules, if there are any
    docc convert --fallback-display-name "$room" --fallback-bundle-identifier "millrace.$room" \
        --additional-symbol-graph-dir ".build/docs/graphs/$room" \
        --output-path ".build/docs/$room.doccarchive"
done
rm -r .build/docs/graphs
echo "The reference is in .build/docs."
