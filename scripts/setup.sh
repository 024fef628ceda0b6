#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs what Millrace needs and this machine lacks, and nothing else. Safe to run again, and twice
# at once. Needs Debian or a relative of it, and root or sudo when something is missing.
#
#   scripts/setup.sh [--test] [--bench] [--postgres]
#     --test    also what the tests run as real peers
#     --bench   also what the benchmark measures against
#     --postgres   also a PostgreSQL server, for the demo; --sqlite: nothing more
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
packages="ca-certificates git libarchive-dev libcurl4-openssl-dev libgmime-3.0-dev libpq-dev libsqlite3-dev pkg-config tzdata zlib1g-dev"
# smtp-sink and smtp-source, peers of tests and of the benchmark.
postfix="postfix"
postgres="postgresql postgresql-client openssl"
kannel="kannel kannel-extras"
files="openssh-server proftpd-core proftpd-mod-crypto"
browser="chromium fonts-inter"
with_tests=no
for option in "$@"; do
    case $option in
        --test)
            with_tests=yes
            packages="$packages $postgres $kannel $files $browser $postfix curl dovecot-imapd python3 python3-pip sqlite3"
            ;;
        --bench) packages="$packages $postgres $postfix curl sqlite3 wrk" ;;
        --postgres) packages="$packages $postgres" ;;
        --sqlite) ;;
        *) echo "setup: unknown option $option" >&2; exit 64 ;;
    esac
done

fail() {
    printf 'setup: %s\n' "$*" >&2
    exit 1
}

# Fills $missing with the Debian packages that are not installed.
find_missing() {
    missing=
    for package in $packages; do
        state=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
        [ "$state" = installed ] || missing="$missing $package"
    done
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        env DEBIAN_FRONTEND=noninteractive "$@" </dev/null
    elif command -v sudo >/dev/null; then
        sudo env DEBIAN_FRONTEND=noninteractive "$@" </dev/null
    else
        fail "these packages are missing and this is neither root nor has sudo:$missing"
    fi
}

# Debian's packages start servers of their own when they are installed; the tests start theirs. For the
# time of this installation only, and no server that it brings starts with the machine either.
without_servers() {
    trap allow_servers EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    as_root sh -c "mkdir -p ${rule%/*} && printf '%s\n' '$mark' 'create_main_cluster = false' >$rule"
    [ -e "$policy" ] || as_root sh -c \
        "mkdir -p ${policy%/*} && printf '%s\n' '#!/bin/sh' '$mark' 'exit 101' >$policy && chmod 755 $policy"
    status=0
    "$@" || status=$?
    allow_servers
    trap - EXIT HUP INT TERM
    command -v systemctl >/dev/null || return "$status"
    case $missing in *openssh-server*) as_root systemctl --quiet disable ssh || true ;; esac
    case $missing in *proftpd-core*) as_root systemctl --quiet disable proftpd || true ;; esac
    case $missing in *kannel*) as_root systemctl --quiet disable kannel || true ;; esac
    case $missing in *dovecot*) as_root systemctl --quiet disable dovecot || true ;; esac
    return "$status"
}

# By this line a later run knows what one that was killed left behind; what has it not is the owner's.
mark='# Made by scripts/setup.sh of Millrace, for the time of an installation.'
system=${MILLRACE_SETUP_SYSTEM:-} # the folder in which a test has a system of its own
policy=$system/usr/sbin/policy-rc.d
rule=$system/etc/postgresql-common/createcluster.d/millrace.conf

is_left() { grep -qsF "$mark" "$policy" "$rule"; }

allow_servers() {
    for file in "$policy" "$rule"; do
        ! grep -qsF "$mark" "$file" || as_root rm -f "$file"
    done
}

# Without a configuration postfix installs its programs, and its service has nothing to start with.
without_mail_service() {
    case " $missing " in
        *" postfix "*)
            choice="postfix postfix/main_mailer_type select No configuration"
            as_root sh -c "command -v debconf-set-selections >/dev/null \
                && echo '$choice' | debconf-set-selections" ;;
    esac
    "$@"
}

# Another apt may be at work, a mirror may stumble: a second and a third try.
patiently() {
    "$@" || { sleep 5; "$@"; } || { sleep 15; "$@"; }
}

check_swift() {
    wanted="Swift 6.3 or later is needed: https://www.swift.org/install/linux"
    command -v swift >/dev/null || fail "no swift on the PATH. $wanted"
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p')
    [ -n "$version" ] || fail "swift does not tell its version. $wanted"
    major=${version%.*} minor=${version#*.}
    if [ "$major" -lt 6 ] || { [ "$major" -eq 6 ] && [ "$minor" -lt 3 ]; }; then
        fail "swift is version $version. $wanted"
    fi
}

check_swift
command -v dpkg-query >/dev/null || fail "not a Debian system; please install the likes of: $packages"
find_missing
if [ -n "$missing" ] || is_left; then
    mkdir -p "$root/.tools"
    exec 8>"$root/.tools/setup.lock"
    flock 8
    find_missing # another run may have installed them meanwhile
    allow_servers
fi
if [ -n "$missing" ]; then
    echo "setup: installing$missing"
    patiently as_root apt-get update -qq
    # shellcheck disable=SC2086 -- one word a package
    without_mail_service without_servers patiently as_root apt-get install -qq -y --no-install-recommends \
        -o DPkg::Lock::Timeout=600 $missing
fi
[ "$with_tests" = no ] || "$root/scripts/test-tools.sh"
