#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds the benchmark with optimisation and runs it: all figures, or those that are named.
#
#   scripts/bench.sh [--rows N] [--runs N] [--folder DIR] [P1a P1b … P3] [R6]
#
# R6 is about faults and not about time: the test itself, with as many changes as the goal says.
# MILLRACE_R6_CHANGES and MILLRACE_R6_SEED are passed on.
set -eu

cd "$(dirname "$0")/.."

# Goes once around the arguments and leaves those of the program.
figures=0 faults=no rest=$#
while [ "$rest" -gt 0 ]; do
    word=$1
    shift
    rest=$((rest - 1))
    case $word in
        R6) faults=yes ;;
        --*)
            set -- "$@" "$word" "${1?$word needs a value}"
            shift
            rest=$((rest - 1)) ;;
        *)
            set -- "$@" "$word"
            figures=$((figures + 1)) ;;
    esac
done
[ "$figures" -gt 0 ] || [ "$faults" = yes ] || all=yes

if [ "$figures" -gt 0 ] || [ "${all:-no}" = yes ]; then
    swift build --configuration release --product millrace-bench
    "$(swift build --configuration release --show-bin-path)/millrace-bench" "$@"
fi
if [ "$faults" = yes ] || [ "${all:-no}" = yes ]; then
    MILLRACE_R6_CHANGES=${MILLRACE_R6_CHANGES:-1000000}
    export MILLRACE_R6_CHANGES
    swift test --disable-xctest --filter ConcurrentWritersTests
fi
