#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds Millrace and runs the whole loop on Samples/ in a folder of its own.
#
#   DEMO_DIR   the folder; a fresh one in the temporary folder unless given
set -eu

cd "$(dirname "$0")/.."
folder=${DEMO_DIR:-$(mktemp -d "${TMPDIR:-/tmp}/millrace-demo.XXXXXX")}
swift build --product millrace
exec "$(swift build --show-bin-path)/millrace" demo --folder "$folder"
