#!/bin/sh
# What the tests need from the system, and with the word bench what the benches need beside that.
# Installed when root, named otherwise.
set -eu
missing=""
command -v chromium >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || missing="$missing chromium"
{ command -v fc-list >/dev/null 2>&1 && fc-list | grep -q CJK; } || missing="$missing fontconfig fonts-noto-cjk"
ldconfig -p | grep -q libpango-1.0 || missing="$missing libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
command -v nginx >/dev/null 2>&1 || missing="$missing nginx-light"
if [ "${1:-}" = bench ]; then
  command -v wrk >/dev/null 2>&1 || missing="$missing wrk"
fi
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "installing:$missing" >&2
  apt-get update -qq >/dev/null
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
else
  echo "This needs:$missing" >&2
  echo "  sudo apt-get install -y$missing" >&2
  exit 2
fi
