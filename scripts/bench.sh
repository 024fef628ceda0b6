#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds the benchmark with optimisation and runs it; arguments are passed on.
set -eu

cd "$(dirname "$0")/.."
swift build --configuration release --product millrace-bench
exec "$(swift build --configuration release --show-bin-path)/millrace-bench" "$@"
