#!/usr/bin/env bash
# The whole job once, on this machine alone: a registry as the real service is built, and a model that goes there and back.
# Usage: demo.sh BUILD_DIR (./dev demo)
set -euo pipefail
build=$(cd "$1" && pwd)
readonly build
readonly mib=256 rate=8m

work=$(mktemp -d)
readonly work
lab_pid=
cleanup() {
  local status=$?
  trap - EXIT
  [[ -z $lab_pid ]] || kill "$lab_pid" 2> /dev/null || true
  rm -rf "$work"
  ((status == 0)) || echo "The demo failed (exit status $status)." >&2
  exit "$status"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

bold='' green='' plain=''
if [[ -t 1 && -z ${NO_COLOR:-} ]]; then
  bold=$'\e[1m' green=$'\e[32m' plain=$'\e[0m'
fi

say() { # TEXT...
  printf '\n%s# %s%s\n' "$bold" "$1" "$plain"
  shift
  for line in "$@"; do printf '# %s\n' "$line"; done
}

# Prints a command as it would be typed, and runs it.
show() {
  printf '%s$ %s%s\n' "$green" "$*" "$plain"
  "$@"
}

# A user of his own on a machine of his own, as far as regtool can see.
export HOME=$work/ada PATH=$build/tools/regtool:$PATH
unset OLLAMA_MODELS OLLAMA_NOPRUNE XDG_CONFIG_HOME REGTOOL_CONFIG REGTOOL_PLUGIN_PATH SSH_AUTH_SOCK
unset HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY http_proxy https_proxy all_proxy no_proxy
mkdir -p "$HOME/.config/regtool"
cd "$HOME"

ask_lab() { # LINE; prints its answer
  local answer
  echo "$1" >&"${lab[1]}"
  read -r answer <&"${lab[0]}"
  echo "$answer"
}

# MiB on disk below a folder; files that are being downloaded have holes.
on_disk() { du -s --block-size=1M "$1" 2> /dev/null | cut -f1 || true; }

say 'A registry' \
  'docker-registry, a token server that checks Ed25519 signatures, and a CDN for the blobs, behind one origin.'
coproc lab { exec "$build/tests/support/lab/lab" serve "$rate" 2> "$work/lab.log"; }
lab_pid=$!
read -r host <&"${lab[0]}" || { cat "$work/lab.log" >&2; exit 1; }
readonly host name=$host/demo/gemma:2b
echo "It answers at http://$host"

say 'The config' 'Each part of regtool is a plugin that this file names.'
cat > .config/regtool/config.json << JSON
{
  "store":      { "plugin": "filesystem", "root": "~/models" },
  "transport":  { "plugin": "poco" },
  "verify":     { "plugin": "openssl" },
  "registries": { "$host": { "auth": { "plugin": "ssh-key" } } },
}
JSON
show cat .config/regtool/config.json
show regtool plugin list

say 'A key' 'The token server gets its public half; the secret half stays here.'
show regtool key new
ask_lab "$(cat .ollama/id_ed25519.pub)" > /dev/null

say "A model with $mib MiB of weights, in the layout of Ollama's store"
weights=$("$build/tests/support/lab/lab" model "$HOME/models" "$host" demo/gemma 2b "$mib")
show find models -type f -size +0

say 'Push'
show regtool push "$name" --insecure
show regtool list

say 'Pull into a second store'
show regtool --set store.root=second pull "$name" --insecure
show regtool --set store.root=second list
show regtool --set store.root=second verify

say 'The two stores hold the same bytes'
show diff -r --exclude=.regtool models second && echo 'No difference.'

say 'A pull that is killed in the middle' 'kill -9: no chance to tidy up.'
printf '%s$ regtool --set store.root=third pull %s --insecure &%s\n' "$green" "$name" "$plain"
regtool --set store.root=third pull "$name" --insecure > "$work/killed.log" 2>&1 &
pull=$!
for ((tries = 0; $(on_disk third) + 0 < mib / 2; ++tries)); do
  if ((tries == 3000)) || ! kill -0 "$pull" 2> /dev/null; then
    echo 'The pull ended before it could be killed:' >&2
    cat "$work/killed.log" >&2
    exit 1
  fi
  sleep 0.01
done
show kill -9 "$pull"
wait "$pull" 2> /dev/null || true
echo "$(on_disk third) MiB are on disk, none of them visible as a model:"
show regtool --set store.root=third list

say 'The same command again goes on where it was'
before=$(ask_lab "served $weights")
show regtool --set store.root=third pull "$name" --insecure
after=$(ask_lab "served $weights")
echo "The CDN had to send $(((after - before) / 1000000)) MB of the $(((mib << 20) / 1000000)) MB of weights."
show diff -r --exclude=.regtool models third && echo 'No difference.'
if ((after - before >= mib << 20)); then
  echo 'Nothing was resumed.' >&2
  exit 1
fi
printf '\n%sAll of it worked.%s\n' "$bold" "$plain"
