#!/usr/bin/env bash
# From your own photographs and your own network to a verdict: attack, look, learn to tell the attacks apart, identify.
#
#   examples/first-steps.sh PHOTOGRAPHS NETWORK FOLDER
#
#   PHOTOGRAPHS  a folder with train/CLASS/ and test/CLASS/
#   NETWORK      a TorchScript file (pixels in [0, 1] in, logits out)
#   FOLDER       a new one, for all that is made
#
# SIZE is what the network takes, such as 224, to which the photographs are scaled; without it they have one size, the network's.
# STEPS (default 50) is how long each attack looks, LEARN (600) how long the recognisers learn. The same command goes on where it
# was stopped.
set -euo pipefail

[[ $# == 3 ]] || { sed -n '2,/^set/p' "$0" | sed 's/^# \?//; $d' >&2; exit 2; }
photographs=$1 network=$2 folder=$3
redrl=${REDRL:-$(dirname "$0")/../redrl}
steps=${STEPS:-50} learn=${LEARN:-600}
size=() scale=()
[[ -z ${SIZE:-} ]] || { size=(--input-size "$SIZE"); scale=("${size[@]}" --resize); }
mkdir -p "$folder"

# 1. What do two attacks make of the test photographs? A set for other programs (Parquet, NPZ) and pictures with a table.
"$redrl" attack --victim "$network" --data "$photographs" --split test --reference-label prediction \
  ${scale[@]+"${scale[@]}"} --attack pgd,deepfool --steps "$steps" --out "$folder/set" --png "$folder/pictures"
"$redrl" export "$folder/set" "$folder/set.npz"

# 2. An experiment: the paper's attacks on all photographs, and recognisers that learn to name them.
if [[ ! -e $folder/first.yaml ]]; then
  "$redrl" experiment new --name first --data "$photographs" --victim "$network" \
    ${size[@]+"${size[@]}"} --out "$folder/first.yaml"
  sed -i.before -e "s/\bsteps: 600\b/steps: $learn/" -e "s/\bsteps: 50\b/steps: $steps/" "$folder/first.yaml"
fi
"$redrl" run --check "$folder/first.yaml"
"$redrl" run "$folder/first.yaml" --runs "$folder/runs"

# 3. What does the recogniser that it trained say of the attacked pictures? Exit code 3 says that some are attacked, 4 that some are
# unlike anything known.
"$redrl" identify "$folder"/pictures/*/*-pgd.png --recogniser "$folder/runs/first/recognisers/redrl" --victim "$network" \
  ${size[@]+"${size[@]}"} --html "$folder/verdicts.html" || [[ $? == 3 || $? == 4 ]]
echo "Verdicts: $folder/verdicts.html; the experiment's report: $folder/runs/first/report/report.html"
