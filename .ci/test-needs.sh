#!/bin/sh
# What the tests need beside Python packages: Chromium, the Nu HTML checker (a jar from npm, run by Java),
# OpenSSL's time-stamping authority, and Tesseract with Polish, which reads scans.
# PostgreSQL comes in a wheel. Root on Debian gets the rest from apt; everybody else is told what to install.
set -u
cd "$(dirname "$0")"

has() {
  command -v "$1" >/dev/null 2>&1
}

missing=""
has chromium || has chromium-browser || has google-chrome || missing="$missing chromium fonts-dejavu-core"
has java || missing="$missing default-jre-headless"
has npm || missing="$missing npm"
has openssl || missing="$missing openssl"
has tesseract || missing="$missing tesseract-ocr tesseract-ocr-pol"

if [ -n "$missing" ] && [ "$(id -u)" = 0 ] && has apt-get; then
  echo "Instaluję:$missing …"
  export DEBIAN_FRONTEND=noninteractive
  # shellcheck disable=SC2086  # a list of packages
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing; } >/dev/null 2>&1 && missing=""
fi
if [ -n "$missing" ]; then
  echo "Testy potrzebują jeszcze:$missing. Zainstaluj (np. apt-get install$missing) i powtórz make test." >&2
  exit 1
fi

npm ci --silent --ignore-scripts || {
  echo "Nie udało się pobrać programu sprawdzającego HTML (vnu-jar): sprawdź sieć albo rejestr npm i powtórz." >&2
  exit 1
}
