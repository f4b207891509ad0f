#!/bin/sh
# Installs the programs that some tests and the bench compare us with. Needs a Debian machine and root for what is missing; without
# them it says what will be skipped and ends well, because every test that needs a program says so itself.
set -eu

missing=''
need() { # PROGRAM PACKAGE
  command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}
need chromium chromium
need tshark tshark
need capinfos wireshark-common
need tcptrace tcptrace
need python3 python3
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || missing="$missing postgresql"

if [ -z "$missing" ]; then
  echo 'all test tools are installed'
  exit 0
fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
  echo "*** MISSING TEST TOOLS:$missing: not root on Debian, so the tests that need them will be skipped ***" >&2
  exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq || echo '*** apt-get update failed: trying the package lists that are there ***' >&2
for package in $missing; do
  apt-get install -y -qq --no-install-recommends "$package" >/dev/null ||
    echo "*** COULD NOT INSTALL $package: the tests that need it will be skipped ***" >&2
done
