#!/bin/sh
# Everything that must pass, from a fresh clone: unit and integration tests, lit tests, then real models.
#   tools/test.sh            all
#   tools/test.sh --quick    without the models
# Ends with one line: N passed, N failed.
set -u
cd "$(dirname "$0")/.."

quick=""
[ "${1-}" = --quick ] && quick=yes

"$PWD/tools/setup.sh" || exit 1

# cargo takes a relative folder from here; lit's tests run elsewhere.
case ${CARGO_TARGET_DIR:=target} in
    /*) ;;
    *) CARGO_TARGET_DIR=$PWD/$CARGO_TARGET_DIR ;;
esac
export CARGO_TARGET_DIR
target=$CARGO_TARGET_DIR

passed=0
failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# Adds up what a step reported, and one failure where it failed without saying how often.
step() { # NAME STATUS PASSED FAILED
    if [ "$2" -ne 0 ] && [ "$4" -eq 0 ]; then set -- "$1" "$2" "$3" 1; fi
    passed=$((passed + $3))
    failed=$((failed + $4))
    echo "== $1: $3 passed, $4 failed"
}

sum() { # the sum of the numbers that a pattern of sed picks from the log
    sed -n "$1" "$log" | awk '{ n += $1 } END { print n + 0 }'
}

echo "== building"
cargo build --workspace --bins || { echo "0 passed, 1 failed"; exit 1; }

# cargo test, not nextest: it runs the documentation's examples too, and is always there.
{ cargo test --workspace --no-fail-fast 2>&1; echo "status $?"; } | tee "$log"
step "cargo test" "$(sum 's/^status //p')" "$(sum 's/^test result: .* \([0-9]*\) passed.*/\1/p')" \
    "$(sum 's/^test result: .* \([0-9]*\) failed.*/\1/p')"

llvm=${MLIR_SYS_220_PREFIX:-/usr/lib/llvm-22}
mkdir -p "$target/lit"
{ EDGE_BIN="$target/debug" "$llvm/bin/lit" -sv lit-tests 2>&1; echo "status $?"; } | tee "$log"
step "lit" "$(sum 's/^status //p')" "$(sum 's/^ *Passed *: *\([0-9]*\).*/\1/p')" \
    "$(sum 's/^ *\(Failed\|Unresolved\|Timed Out\) *: *\([0-9]*\).*/\2/p')"

if [ -z "$quick" ]; then
    { sh test/models/run.sh 2>&1; echo "status $?"; } | tee "$log"
    step "models" "$(sum 's/^status //p')" "$(grep -c '^PASS' "$log")" "$(grep -c '^FAIL' "$log")"
fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
