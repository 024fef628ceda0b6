#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds Millrace and runs the whole loop on Samples/ in a folder of its own.
#
#   DEMO_DIR   the folder; a fresh one in the temporary folder unless given
#   DATABASE   sqlite (unless given), or postgres: a server of the demo's own, which waits for Enter
#              at the end when someone is at the terminal; a dump of the database stays in the folder
set -eu

cd "$(dirname "$0")/.."
folder=${DEMO_DIR:-$(mktemp -d "${TMPDIR:-/tmp}/millrace-demo.XXXXXX")}
swift build --product millrace
millrace=$(swift build --show-bin-path)/millrace
[ "${DATABASE:-sqlite}" = postgres ] || exec "$millrace" demo --folder "$folder"

# The server obeys one pipe, answers in another, and ends with this script.
pipes=$(mktemp -d "${TMPDIR:-/tmp}/millrace-pipes.XXXXXX")
mkfifo "$pipes/commands" "$pipes/answers"
scripts/postgres-server.sh <"$pipes/commands" >"$pipes/answers" &
exec 3>"$pipes/commands" 4<"$pipes/answers"
rm -r "$pipes"
read -r word uri <&4 && [ "$word" = ready ] || exit 1

"$millrace" demo --folder "$folder" --database "$uri" 3>&- 4<&-
pg_dump --format=custom --file "$folder/demo.dump" --dbname "$uri" 3>&- 4<&-
echo
echo "The database as it is now is kept too: createdb demo; pg_restore --no-owner --dbname demo $folder/demo.dump"
if [ -t 0 ]; then
    echo "Until you press Enter, it can be looked at: psql '$uri'"
    read -r answer || true
fi
exec 3>&-
wait
