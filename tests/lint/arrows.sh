#!/usr/bin/env bash
# The arrows of docs/design.md: tools -> core <- plugins. Prints each line that breaks one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

broken=0
forbid() {  # REASON PATTERN PATH...
  local reason=$1 pattern=$2
  shift 2
  local line
  while IFS= read -r line; do
    echo "$line    <- $reason"
    broken=1
  done < <(git grep -nE "$pattern" -- "$@")
}

names=$(git ls-files 'plugins/*/meson.build' ':!plugins/common' | cut -d/ -f2 | paste -sd'|')
readonly names
readonly include='^[[:space:]]*#[[:space:]]*include[[:space:]]*'

forbid 'a plugin includes only its own files and the contract' "${include}\"[^\"]*/" 'plugins/**'
forbid 'a plugin does not see what is behind the contract' "${include}<(base|engine|host)/" 'plugins/**'
forbid 'core names no plugin' "\\b($names)\\b|libregtool_[a-z]" 'core/api/**' 'core/base/**' 'core/engine/**'
forbid 'core includes no plugin and no tool' "${include}[\"<](\.\./)*(plugins|tools)/" 'core/**'
forbid 'core does not use the libraries of plugins' "${include}<((Poco|openssl|libssh)/|archive(_entry)?\\.h>)" 'core/**'
forbid 'the engine sees only core/api and core/base' "${include}\"(\.\./)*(host|tools|plugins)/" 'core/engine/**'
forbid 'base is below the engine and the host' "${include}\"(\.\./)*(engine|host)/" 'core/base/**'
forbid 'the contract stands by itself' "${include}\"" 'core/api/**'
forbid 'no path of one machine' '/(home|root|Users)/[a-z.]' '*.hpp' '*.cpp' '*meson.build' 'dev' '*.sh' ':!tests/lint'
exit "$broken"
