#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs the Python packages that tests run as real peers into .tools/python.
# Safe to run again, and twice at once.
set -eu

packages="aiosmtpd==1.4.6 dkimpy==1.1.8 pyftpdlib==2.0.1 pynacl==1.6.2 pyopenssl~=25.0 schemathesis~=4.32"

tools=$(cd "$(dirname "$0")/.." && pwd)/.tools
mkdir -p "$tools"
exec 9>"$tools/lock"
flock 9

if [ "$(cat "$tools/python/installed" 2>/dev/null || true)" = "$packages" ]; then
    exit 0
fi
fresh=$(mktemp -d "$tools/python.XXXXXX")
trap 'rm -rf "$fresh"' EXIT
# shellcheck disable=SC2086 -- one word a package
PIP_ROOT_USER_ACTION=ignore python3 -m pip install --quiet --disable-pip-version-check --target "$fresh" $packages
printf '%s\n' "$packages" >"$fresh/installed"
chmod 755 "$fresh"
rm -rf "$tools/python"
mv "$fresh" "$tools/python"
