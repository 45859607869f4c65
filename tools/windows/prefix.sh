#!/usr/bin/env bash
# prefix.sh DIR [whole]: makes DIR a place where a cross build for Windows finds what it needs of this Debian: the libraries
# that are headers only, and the cross file DIR/cross.ini. For the whole program, what libraries.sh builds goes to the same
# place.
set -euo pipefail

mkdir -p "$1/include" "$1/lib/pkgconfig"
prefix=$(cd "$1" && pwd)
readonly prefix

# Never /usr/include itself: the headers of Linux are in there too.
for library in boost fmt rapidjson tl; do
  ln -sfn "/usr/include/$library" "$prefix/include/$library"
done

describe() {  # NAME VERSION CFLAGS LIBS
  printf 'Name: %s\nDescription: %s\nVersion: %s\nCflags: -I%s %s\nLibs: -L%s %s\n' \
    "$1" "$1" "$2" "$prefix/include" "$3" "$prefix/lib" "$4" > "$prefix/lib/pkgconfig/$1.pc"
}
version_of() { dpkg-query -W -f '${Version}' "$1" | sed -E 's/^[0-9]+://; s/[+~-].*//'; }  # PACKAGE

describe fmt "$(version_of libfmt-dev)" -DFMT_HEADER_ONLY ''
describe RapidJSON "$(version_of rapidjson-dev)" '' ''
describe tl-expected "$(version_of libexpected-dev)" '' ''

if [[ ${2:-} == whole ]]; then
  ln -sfn /usr/include/CLI "$prefix/include/CLI"
  describe CLI11 "$(version_of libcli11-dev)" '' ''
fi

# GoogleTest comes as sources.
build_library() {  # NAME SOURCE INCLUDE...
  local name=$1 source=$2
  shift 2
  if [[ ! -f $prefix/lib/lib$name.a ]]; then
    x86_64-w64-mingw32-g++-posix -std=c++20 -O1 "${@/#/-I}" -c "$source" -o "$prefix/lib/$name.o"
    x86_64-w64-mingw32-ar rcs "$prefix/lib/lib$name.a" "$prefix/lib/$name.o"
    rm "$prefix/lib/$name.o"
  fi
}
readonly google=/usr/src/googletest
build_library gtest "$google/googletest/src/gtest-all.cc" "$google/googletest" "$google/googletest/include"
build_library gtest_main "$google/googletest/src/gtest_main.cc" "$google/googletest/include"
build_library gmock "$google/googlemock/src/gmock-all.cc" "$google/googlemock" "$google/googlemock/include" \
  "$google/googletest/include"
googletest=$(version_of googletest)
describe gtest "$googletest" '' -lgtest
describe gtest_main "$googletest" '' '-lgtest_main -lgtest'
describe gmock "$googletest" '' '-lgmock -lgtest'
ln -sfn "$google/googletest/include/gtest" "$prefix/include/gtest"
ln -sfn "$google/googlemock/include/gmock" "$prefix/include/gmock"

compiler="'x86_64-w64-mingw32-g++-posix'"
if command -v ccache > /dev/null; then
  compiler="['ccache', $compiler]"
fi
cat > "$prefix/cross.ini" << EOF
[binaries]
c = 'x86_64-w64-mingw32-gcc-posix'
cpp = $compiler
ar = 'x86_64-w64-mingw32-gcc-ar-posix'
strip = 'x86_64-w64-mingw32-strip'
windres = 'x86_64-w64-mingw32-windres'
pkgconfig = 'pkg-config'
cmake = 'cmake'
exe_wrapper = 'wine'

[host_machine]
system = 'windows'
cpu_family = 'x86_64'
cpu = 'x86_64'
endian = 'little'

[properties]
needs_exe_wrapper = true
pkg_config_libdir = '$prefix/lib/pkgconfig'
boost_includedir = '$prefix/include'
boost_librarydir = '$prefix/lib'

[cmake]
CMAKE_PREFIX_PATH = '$prefix'
CMAKE_FIND_ROOT_PATH = '$prefix'
CMAKE_FIND_ROOT_PATH_MODE_LIBRARY = 'ONLY'
CMAKE_FIND_ROOT_PATH_MODE_INCLUDE = 'ONLY'
CMAKE_FIND_ROOT_PATH_MODE_PACKAGE = 'ONLY'

[built-in options]
# Windows 10: what the file layer calls is older, what the headers then declare is enough.
cpp_args = ['-D_WIN32_WINNT=0x0A00', '-I$prefix/include']
EOF
