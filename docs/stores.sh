#!/usr/bin/env bash
# Pulls one model into every kind of store. The line of the config that names the store is all that changes, and the bytes
# are the same in each.
# Usage: [S3_BUCKET=BUCKET] stores.sh NAME [OPTION_OF_PULL]...
# The bucket's service and credentials are those of the environment: AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID and so on.
set -euo pipefail

stores=(
  '{ "plugin": "filesystem", "root": "filesystem" }'
  '{ "plugin": "oci-layout", "root": "oci-layout" }'
)
if [[ -n ${S3_BUCKET:-} ]]; then
  stores+=("{ \"plugin\": \"s3\", \"bucket\": \"$S3_BUCKET\" }")
fi

work=$(mktemp -d -p .)
trap 'rm -rf "$work"' EXIT
unset OLLAMA_MODELS  # it would go before the config

for store in "${stores[@]}"; do
  cat > "$work/config.json" << JSON
{
  "store": $store,
}
JSON
  echo "$store"
  regtool --config "$work/config.json" pull "$@"
  # The same models give the same bundle, whatever they are kept in.
  regtool --config "$work/config.json" --progress none export "$1" - | sha256sum | tee -a "$work/sums"
done

if (($(sort -u "$work/sums" | wc -l) > 1)); then
  echo 'They differ.' >&2
  exit 1
fi
echo "The same bytes in all ${#stores[@]} of them."
