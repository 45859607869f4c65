#!/usr/bin/env bash
# under_wine.sh COMMAND...: runs a command with all that programs for Windows need here: a drive C: of their own, in memory
# where there is room, and the libraries of the compiler.
set -euo pipefail

place=$(mktemp -d -p /dev/shm 2> /dev/null || mktemp -d)
trap 'wineserver -k 2> /dev/null || true; rm -rf "$place"' EXIT
export WINEPREFIX=$place/wine WINEDEBUG=-all WINEPATH=
for library in libstdc++-6.dll libwinpthread-1.dll; do
  file=$(x86_64-w64-mingw32-g++-posix -print-file-name="$library")
  WINEPATH+="$(dirname "$file");"
done
wine wineboot --init &> "$place/wineboot.log" || { cat "$place/wineboot.log" >&2; exit 1; }
"$@"
