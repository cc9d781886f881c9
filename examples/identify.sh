#!/usr/bin/env bash
# Asks a running `redrl serve` about image files with curl, all in one request, and prints its JSON.
#
#   examples/identify.sh http://127.0.0.1:8080 a.png b.jpg
#
# REDRL_TOKEN is sent as the token, where it is set. Ends with 0 if there is an answer, and with 22 if the server refused; then the
# reason is printed.
set -euo pipefail

(($# >= 2)) || { sed -n '2,/^set/p' "$0" | sed 's/^# \?//; $d' >&2; exit 2; }
server=${1%/}
shift
forms=()
for file in "$@"; do
  # Quotes inside of a name would end it.
  forms+=(--form "image=@\"${file//\"/\\\"}\"")
done
# Through standard input: other users see the arguments of processes.
printf '%s' "${REDRL_TOKEN:+header = \"Authorization: Bearer $REDRL_TOKEN\"}" |
  curl --config - --silent --show-error --fail-with-body --retry 10 --max-time 120 "${forms[@]}" "$server/api/v1/identify"
