# Runs the fuzz targets, two at a time, FUZZ_SECONDS (20) each from what corpus/ has, and prints
# TAP. What they find new is kept in build/fuzz/corpus, inputs that fail in build/fuzz/found.
# usage: run.sh [TARGET...]
set -u
cd "$(dirname "$0")/../.."
seconds=${FUZZ_SECONDS:-20}
build=build/fuzz

run() {
    local name=$1 log=$build/$1.log
    mkdir -p "$build/corpus/$name" "$build/found"
    timeout $((seconds * 3 + 60)) "$build/tests/fuzz/$name" -max_total_time="$seconds" \
        -timeout=10 -rss_limit_mb=1024 -max_len=10000 -artifact_prefix="$build/found/$name-" \
        "$build/corpus/$name" "tests/fuzz/corpus/$name" >"$log" 2>&1 &&
        done=$(sed -n 's/^Done \([0-9]*\) runs.*/\1/p' "$log") && [ -n "$done" ] &&
        echo "ok 1 - fuzz $name: $done inputs" && return
    echo "not ok 1 - fuzz $name"
    tail -n 40 "$log" | sed 's/^/# /'
}

targets=${*:-$(basename -s .c tests/fuzz/*.c)}
failed=0
set -- $targets
while [ $# -gt 0 ]; do
    { run "$1" & [ $# -lt 2 ] || run "$2" & wait; } >"$build/pair.tap"
    cat "$build/pair.tap"
    ! grep -q '^not ok' "$build/pair.tap" || failed=1
    shift "$(($# < 2 ? 1 : 2))"
done
exit $failed
