#!/usr/bin/env bash
# Measures what a reader waits for, each beside what it is to be compared with, on this machine, in one run:
#   bash benches/speed.sh
# Needs nothing but Rust. Builds everything once from an empty folder, so it takes some minutes.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export CARGO_TARGET_DIR="$work/target" RUST_BACKTRACE=0

# Prints the seconds that a command takes, whether it succeeds or not; its output goes to a file.
seconds() {
  local start=$EPOCHREALTIME
  "$@" >"$work/output" 2>&1 || true
  awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.2f", b - a }'
}
# The median of five such times, each after an edit of the files in $1.
median_after_edit() {
  for _ in 1 2 3 4 5; do
    # shellcheck disable=SC2086 # several files
    touch $1
    seconds "${@:2}"
    echo
  done | sort -n | sed -n 3p
}
# Prints a row: what, its seconds, what it is compared with, its seconds, the ratio.
row() {
  awk -v n="$1" -v a="$2" -v m="$3" -v b="$4" \
    'BEGIN { printf "| %-42s | %7.2f | %-46s | %7.2f | 1 : %.0f |\n", n, a, m, b, b / a }'
}

cargo fetch --quiet
first=$(seconds cargo build --example udp_server_01)
tools=$(seconds cargo build)
tests=$(seconds cargo test --no-run)
# What was built is still being written to the disk; do not measure that.
sync
one=$(median_after_edit exercises/sockets/udp_echo.rs cargo exercise udp_echo)
all=$(median_after_edit "$(echo exercises/*/*.rs)" cargo test --package exercises --no-fail-fast)
cargo test --quiet >"$work/output" 2>&1 || { cat "$work/output"; exit 1; }
warm=$(seconds cargo test)
cold=$(awk -v a="$first" -v b="$tools" -v c="$tests" -v d="$warm" 'BEGIN { print a + b + c + d }')
book=$(median_after_edit book/src/SUMMARY.md "$CARGO_TARGET_DIR/debug/loopback" build "$work/site")

echo "$(uname -sm), $(nproc 2>/dev/null || echo '?') cores, $(rustc --version)"
echo
printf '| %-42s | %7s | %-46s | %7s | ratio |\n' "what a reader waits for" "seconds" "compared with" "seconds"
echo "|---|---|---|---|---|"
row "first lesson, from an empty target/" "$first" "the book's tools, from an empty target/" "$tools"
row "verdict on one exercise after an edit" "$one" "verdicts on all, after an edit of each" "$all"
row "cargo test, warm" "$warm" "cargo test, from an empty target/" "$cold"
row "the book, built again after an edit" "$book" "the book's tools, from an empty target/" "$tools"
