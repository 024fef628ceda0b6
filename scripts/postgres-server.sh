#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs a PostgreSQL server of its own in a scratch folder, for tests, the demo and the benchmark.
# Prints `ready URI` when it accepts connections (with --tcp: `ready URI TCPURI`), then obeys one
# command a line on its standard input, and answers each with one line:
#
#   restart immediate   as after a crash: `ready ...` again
#   stop immediate      an outage: `stopped`
#   start               its end: `ready ...` again
#
# At the end of its input, so also when its parent dies, it stops the server and removes the folder.
#
#   scripts/postgres-server.sh [--durable] [--tcp] [--set name=value]...
#     --durable   syncs what it commits and vacuums, as in production
#     --tcp       also listens on 127.0.0.1 with a password and TLS; the certificate is root.crt
set -eu

fail() {
    printf 'postgres-server: %s\n' "$*" >&2
    exit 1
}

durable=no tcp=no settings=
while [ $# -gt 0 ]; do
    case $1 in
        --durable) durable=yes ;;
        --tcp) tcp=yes ;;
        --set)
            [ $# -gt 1 ] || fail "--set needs name=value"
            shift
            value=$(printf '%s' "${1#*=}" | sed "s/'/''/g")
            settings="$settings${1%%=*} = '$value'
" ;;
        *) fail "unknown option $1" ;;
    esac
    shift
done

# The newest server; a lower version's client may be on the PATH.
initdb=$(printf '%s\n' /usr/lib/postgresql/*/bin/initdb | sort -t/ -n -k5 | tail -n 1)
[ -x "$initdb" ] || initdb=$(pg_config --bindir 2>/dev/null)/initdb || true
programs=${initdb%/initdb}
[ -x "$initdb" ] && [ -x "$programs/pg_ctl" ] && [ -x "$programs/postgres" ] \
    || fail "no PostgreSQL server is installed: run scripts/setup.sh --test"

# Making test databases waits for the disk when that is busy: in memory, where there is room.
parent=${TMPDIR:-}
if [ -z "$parent" ] && [ "$durable" = no ] && [ -w /dev/shm ]; then
    free=$(df -Pk /dev/shm | sed -n '2s/^[^ ]* *[0-9]* *[0-9]* *\([0-9]*\).*/\1/p')
    [ "${free:-0}" -lt 4194304 ] || parent=/dev/shm
fi

# A socket's path may have 107 bytes, and goes into a URI as it is.
parent=${parent:-/tmp}
parent=${parent%/}
case $parent in *[!A-Za-z0-9/._-]*) parent=/tmp ;; esac
[ ${#parent} -le 70 ] || parent=/tmp

# The server refuses to run as root. The package's own user then stands in.
as_server() { "$@"; }
if [ "$(id -u)" = 0 ]; then
    id postgres >/dev/null 2>&1 || fail "no user postgres: run scripts/setup.sh --test"
    as_server() { setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; }
    as_server test -x "$parent/" || parent=/tmp
fi

folder=$(mktemp -d "$parent/pg.XXXXXX")
log=$folder/log
clean_up() {
    trap '' HUP INT PIPE TERM
    [ ! -f "$folder/data/postmaster.pid" ] || stop || true
    cd /
    rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 1' HUP INT PIPE TERM
[ "$(id -u)" != 0 ] || chown postgres:postgres "$folder"
cd "$folder"

# Nothing that outlives a command may hold this script's pipes.
control() {
    as_server "$programs/pg_ctl" "$@" -w -t 120 -s -D "$folder/data" -l "$log" \
        </dev/null >>"$folder/control" 2>&1
}

# pg_ctl returns when the server has removed its mark, a moment before the server is gone. A first
# process that collects no children leaves a zombie of it.
stop() {
    read -r server <"$folder/data/postmaster.pid"
    control stop -m immediate || return
    while [ -d "/proc/$server" ] && ! grep -q '^State:.Z' "/proc/$server/status" 2>/dev/null; do
        sleep 0.02
    done
}

explain() {
    tail -n 20 "$log" "$folder/initdb" "$folder/control" >&2 2>/dev/null || true
    fail "$1"
}

password=$(od -An -N16 -tx8 /dev/urandom | tr -d ' \n')
printf '%s\n' "$password" >password
chmod 644 password # the folder is closed to others
as_server "$initdb" --no-sync --encoding=UTF8 --locale=C --username=millrace --pwfile=password \
    --auth-local=trust --auth-host=scram-sha-256 -D data </dev/null >initdb 2>&1 \
    || explain "initdb failed"

{
    echo "listen_addresses = ''"
    echo "unix_socket_directories = '$folder'"
    echo "max_connections = 1000"
    echo "shared_buffers = 128MB"
    if [ "$durable" = no ]; then
        # synchronous_commit stays on: it costs little without fsync, and a restart as after a
        # crash would forget the last commits.
        echo "fsync = off"
        echo "full_page_writes = off"
        echo "wal_level = minimal"
        echo "max_wal_senders = 0"
        echo "checkpoint_timeout = 1d"
        echo "autovacuum = off"
    fi
} >>data/postgresql.conf

port=5432 tcp_uri=
if [ "$tcp" = yes ]; then
    command -v openssl >/dev/null || fail "no openssl: run scripts/setup.sh --test"
    as_server openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 \
        -subj /CN=localhost -addext "subjectAltName=DNS:localhost,IP:127.0.0.1" \
        -keyout server.key -out root.crt </dev/null 2>initdb || explain "openssl made no certificate"
    {
        echo "listen_addresses = '127.0.0.1'"
        echo "ssl = on"
        echo "ssl_cert_file = '$folder/root.crt'"
        echo "ssl_key_file = '$folder/server.key'"
    } >>data/postgresql.conf
fi
printf '%s' "$settings" >>data/postgresql.conf

# The server cannot ask the kernel for a free port: below the range of outgoing connections,
# another one when it is taken.
start() {
    [ "$tcp" = yes ] || { control start || explain "the server did not start"; return; }
    for attempt in 1 2 3 4 5 6 7 8 9 10; do
        port=$((10000 + $(od -An -N2 -tu2 /dev/urandom) % 20000))
        echo "port = $port" >>data/postgresql.conf
        rm -f "$log"
        if control start; then return; fi
        grep -q "Address already in use" "$log" || explain "the server did not start"
    done
    explain "the server found no free port in $attempt attempts"
}

ready() {
    uri="postgres://millrace@/postgres?host=$folder&port=$port"
    [ "$tcp" = no ] || tcp_uri=" postgres://millrace:$password@127.0.0.1:$port/postgres"
    printf 'ready %s%s\n' "$uri" "$tcp_uri"
}

start
ready
while read -r command; do
    case $command in
        "restart immediate") control restart -m immediate || explain "no restart" ;;
        "stop immediate")
            stop || explain "no stop"
            echo stopped
            continue ;;
        start) control start || explain "no start" ;;
        *) fail "unknown command $command" ;;
    esac
    ready
done
