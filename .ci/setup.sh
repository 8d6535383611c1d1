#!/bin/sh
# Makes the environment: setup.sh VENV LOCKFILE. Every failure is one sentence that says what to do.
set -u
venv=$1
lock=$2
log=$(mktemp)
trap 'rm -f "$log"' EXIT

stop() {
  printf '\n%s\n' "$1" >&2
  exit 1
}

find_python() {
  for candidate in "${PYTHON:-python3}" python3 python3.13 python3.12 python3.11 python3.14; do
    if command -v "$candidate" >/dev/null 2>&1 &&
      "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$candidate"
      return 0
    fi
  done
  return 1
}

python=$(find_python) ||
  stop "Potrzebny jest Python 3.11 lub nowszy: zainstaluj go (np. apt-get install python3) albo wskaż: PYTHON=/ścieżka/python3.11 make setup"

if [ ! -x "$venv/bin/python" ]; then
  "$python" -m venv "$venv" >"$log" 2>&1 || {
    cat "$log" >&2
    stop "Nie udało się założyć środowiska: zainstaluj moduł venv (w Debianie i Ubuntu: apt-get install python3-venv) i powtórz."
  }
fi

echo "Instaluję biblioteki z $lock …"
if ! "$venv/bin/python" -m pip install -q --disable-pip-version-check --require-hashes --prefer-binary -r "$lock" >"$log" 2>&1; then
  tail -n 15 "$log" >&2
  if grep -qiE 'gcc|compiler|cargo|rustc|Python\.h' "$log"; then
    stop "Dla tej maszyny brakuje gotowej biblioteki, a nie ma kompilatora: zainstaluj go (apt-get install build-essential python3-dev) i powtórz."
  elif grep -qiE 'connection|resolve|timed out|network|no matching distribution|proxy' "$log"; then
    stop "Nie udało się pobrać bibliotek: sprawdź połączenie z siecią albo ustaw serwer pakietów (PIP_INDEX_URL) i powtórz."
  fi
  stop "Instalacja bibliotek nie powiodła się; przyczyna jest wyżej."
fi

"$venv/bin/python" -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e . >"$log" 2>&1 || {
  tail -n 15 "$log" >&2
  stop "Nie udało się zainstalować samego programu; przyczyna jest wyżej."
}
