#!/usr/bin/env bash
# libraries.sh DIR: builds for Windows what Debian has no packages of: OpenSSL, Poco, libssh, libarchive and pugixml, from the sources of its own
# packages, into DIR, which prefix.sh has made. Takes ten minutes once; what is there is not built again.
set -euo pipefail

prefix=$(cd "$1" && pwd)
jobs=${JOBS:-$(nproc)}
readonly prefix jobs
readonly host=x86_64-w64-mingw32
readonly sources=$prefix/sources

# The packages' sources, whether the system's own lists have them or not.
fetch() {  # SOURCE_PACKAGE
  local lists=$prefix/apt
  mkdir -p "$lists/parts" "$lists/state/partial" "$sources"
  if [[ ! -f $lists/updated ]]; then
    # Some have one line a repository, others a paragraph.
    local file
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
      if [[ -f $file ]]; then
        sed 's/^Types:.*/Types: deb-src/; s/^deb /deb-src /' "$file" > "$lists/parts/0${file##*/}"
      fi
    done
    apt_get -qq update
    touch "$lists/updated"
  fi
  cd "$sources"
  if [[ -n $(folder_of "$1") ]]; then
    return
  fi
  # A mirror may lack the sources of an update: those of the release itself are as good for a build.
  apt_get -qq source "$1" || apt_get -qq source "$1/$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)"
}

apt_get() {
  apt-get -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$prefix/apt/parts" \
    -o Dir::State::Lists="$prefix/apt/state" -o APT::Sandbox::User=root "$@"
}

# Builds one library, unless that was done; what was said is shown when it fails.
once() {  # NAME FUNCTION
  local log=$prefix/$1.log
  if [[ -f $prefix/$1.done ]]; then
    return
  fi
  echo "Building $1 for Windows"
  local status=0
  # Not as a condition: bash would go on behind an error in there.
  set +e
  (set -e; "$2") &> "$log"
  status=$?
  set -e
  if ((status != 0)); then
    tail -n 40 "$log" >&2
    echo "libraries.sh: $1 could not be built; all of $log may tell why" >&2
    exit 1
  fi
  touch "$prefix/$1.done"
}

folder_of() { find "$sources" -maxdepth 1 -type d -name "$1-[0-9]*" | sort | tail -n 1; }  # SOURCE_PACKAGE

build_openssl() {
  fetch openssl
  cd "$(folder_of openssl)"
  ./Configure mingw64 shared no-tests --cross-compile-prefix=$host- --prefix="$prefix" --libdir=lib
  make -j"$jobs" build_libs
  make install_dev install_runtime_libs
}

with_cmake() {  # SOURCE_FOLDER ARGUMENT...
  local source=$1 build=$1/build-windows
  shift
  cmake -S "$source" -B "$build" -DCMAKE_SYSTEM_NAME=Windows -DCMAKE_C_COMPILER=$host-gcc-posix \
    -DCMAKE_CXX_COMPILER=$host-g++-posix -DCMAKE_RC_COMPILER=$host-windres -DCMAKE_FIND_ROOT_PATH="$prefix" \
    -DCMAKE_FIND_ROOT_PATH_MODE_PROGRAM=NEVER -DCMAKE_FIND_ROOT_PATH_MODE_LIBRARY=ONLY \
    -DCMAKE_FIND_ROOT_PATH_MODE_INCLUDE=ONLY -DCMAKE_FIND_ROOT_PATH_MODE_PACKAGE=ONLY \
    -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX="$prefix" -DOPENSSL_ROOT_DIR="$prefix" \
    -DCMAKE_C_FLAGS=-D_WIN32_WINNT=0x0A00 "$@"
  cmake --build "$build" -j"$jobs"
  cmake --install "$build"
}

build_poco() {
  fetch poco
  # It spells them as Windows lets it, and has a TIMESTAMP_REQUEST of its own, which is not that of certificates.
  echo '#include <winsock2.h>' > "$prefix/include/Winsock2.h"
  echo '#include <iphlpapi.h>' > "$prefix/include/Iphlpapi.h"
  local first=$sources/before-poco.h
  printf '%s\n' '#define NOMINMAX' '#include <winsock2.h>' '#include <windows.h>' '#undef TIMESTAMP_REQUEST' > "$first"
  local parts=() part
  for part in ACTIVERECORD ACTIVERECORD_COMPILER DATA DATA_SQLITE DATA_MYSQL DATA_POSTGRESQL DATA_ODBC CRYPTO_TESTS ENCODINGS \
    JWT MONGODB NETSSL_WIN PAGECOMPILER PAGECOMPILER_FILE2PAGE PDF PROMETHEUS REDIS SEVENZIP TESTS XML JSON ZIP \
    CPPPARSER APACHECONNECTOR; do
    parts+=("-DENABLE_$part=OFF")
  done
  with_cmake "$(folder_of poco)" \
    -DCMAKE_CXX_FLAGS="-D_WIN32_WINNT=0x0A00 -I$prefix/include -include $first" \
    -DCMAKE_MC_COMPILER="$(command -v $host-windmc)" -DENABLE_NET=ON -DENABLE_NETSSL=ON -DENABLE_CRYPTO=ON "${parts[@]}"
  # Its Util asks for them, though it was built without.
  sed -i '/PocoXML\|PocoJSON/d' "$prefix/cmake/PocoUtilConfig.cmake"
}

build_libssh() {
  fetch libssh
  with_cmake "$(folder_of libssh)" -DWITH_EXAMPLES=OFF -DWITH_SERVER=OFF -DWITH_SFTP=OFF -DWITH_ZLIB=OFF -DWITH_GSSAPI=OFF \
    -DUNIT_TESTING=OFF
}

build_libarchive() {
  fetch libarchive
  local parts=() part
  for part in ACL BZip2 CAT CNG CPIO EXPAT ICONV LIBB2 LIBXML2 LZ4 LZMA OPENSSL PCREPOSIX TAR TEST XATTR ZLIB ZSTD; do
    parts+=("-DENABLE_$part=OFF")
  done
  with_cmake "$(folder_of libarchive)" -DENABLE_WERROR=OFF "${parts[@]}"
}

build_pugixml() {
  fetch pugixml
  with_cmake "$(folder_of pugixml)" -DBUILD_SHARED_LIBS=ON
}

once openssl build_openssl
once poco build_poco
once libssh build_libssh
once libarchive build_libarchive
once pugixml build_pugixml
