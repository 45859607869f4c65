#!/usr/bin/env bash
# package.sh BUILD_DIR PREFIX ZIP: what a user unpacks and runs: regtool.exe, its plugins, and every library that they need.
set -euo pipefail

build=$(realpath "$1") prefix=$(realpath "$2") zip=$(realpath -m "$3")
readonly build prefix zip
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
readonly top=$place/regtool

DESTDIR=$place/installed meson install -C "$build" --no-rebuild --quiet
mkdir -p "$top/bin" "$top/lib/regtool/plugins"
find "$place/installed" -name 'regtool.exe' -exec cp {} "$top/bin" \;
find "$place/installed" -name 'libregtool-*.dll' -exec cp {} "$top/bin" \;
find "$place/installed" -name 'libregtool_*.dll' -exec cp {} "$top/lib/regtool/plugins" \;
cp LICENSE README.md "$top"

needed_by() {  # FILE
  x86_64-w64-mingw32-objdump -p "$1" | sed -n 's/^[[:space:]]*DLL Name: //p'
}
# Beside the program is where Windows looks first. What is not found is Windows' own.
add_libraries_of() {  # FILE
  local name file
  for name in $(needed_by "$1"); do
    if [[ -e $top/bin/$name ]]; then
      continue
    fi
    file=$prefix/bin/$name
    if [[ ! -f $file ]]; then
      file=$(x86_64-w64-mingw32-g++-posix -print-file-name="$name")
    fi
    if [[ -f $file ]]; then
      cp "$file" "$top/bin"
      add_libraries_of "$file"
    fi
  done
}
for file in "$top"/bin/* "$top"/lib/regtool/plugins/*; do
  if [[ $file == *.dll || $file == *.exe ]]; then
    add_libraries_of "$file"
  fi
done
x86_64-w64-mingw32-strip "$top"/bin/*.dll "$top"/bin/*.exe "$top"/lib/regtool/plugins/*.dll
rm -f "$zip"
(cd "$place" && cmake -E tar cf "$zip" --format=zip regtool)
echo "$zip: $(stat -c %s "$zip") bytes"
