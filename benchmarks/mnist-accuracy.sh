#!/usr/bin/env bash
# Trains the four models on the real MNIST and prints the table of docs/batch-normalization.md: test accuracy after 10 epochs, batch 32, no validation part, seeds 1 to 3.
# Usage: benchmarks/mnist-accuracy.sh DIR    (DIR holds MNIST's four IDX files)
set -euo pipefail
data=${1:?usage: benchmarks/mnist-accuracy.sh DIR, the folder with the four IDX files of MNIST}
root=$(cd "$(dirname "$0")/.." && pwd)
runs=$(mktemp -d)
trap 'rm -rf "$runs"' EXIT
dotnet build "$root/samples/Mlp" -c Release -o "$runs/bin" -v quiet -nologo >&2

accuracy() { # model optimizer seed
    "$runs/bin/mlp" train --model "$1" --optimizer "$2" --seed "$3" --data "$data" --validation-split 0 --epochs 10 --batch-size 32 \
        --output "$runs/$1-${2%%:*}-$3" --json 2>/dev/null | sed -n 's/.*"event":"result","test_accuracy":\([0-9.]*\).*/\1/p'
}

echo "| model | optimizer | seed 1 | seed 2 | seed 3 | mean |"
echo "| --- | --- | --- | --- | --- | --- |"
for setting in "bn-after sgd:learning_rate=0.01" "bn-before sgd:learning_rate=0.01" "bn-printed sgd:learning_rate=0.01" "plain sgd:learning_rate=0.01" "bn-after adam:learning_rate=0.001"; do
    read -r model optimizer <<<"$setting"
    a=$(accuracy "$model" "$optimizer" 1)
    b=$(accuracy "$model" "$optimizer" 2)
    c=$(accuracy "$model" "$optimizer" 3)
    mean=$(LC_ALL=C awk "BEGIN { printf \"%.4f\", ($a + $b + $c) / 3 }")
    echo "| $model | ${optimizer/:learning_rate=/, } | $a | $b | $c | $mean |"
done
