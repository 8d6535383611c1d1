#!/bin/sh
# What the tests need beside Python packages: a Chromium. PostgreSQL comes in a wheel.
# Root on Debian gets it from apt; everybody else is told what to install.
set -u
for name in chromium chromium-browser google-chrome; do
  command -v "$name" >/dev/null 2>&1 && exit 0
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Instaluję Chromium …"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >/dev/null 2>&1
  apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null 2>&1 && exit 0
fi
echo "Testy w przeglądarce potrzebują Chromium: zainstaluj je (np. apt-get install chromium) i powtórz make test." >&2
exit 1
