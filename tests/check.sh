# make check: every test there is, each suite's output in build/check/, and one line of counts
# at the end. Ends with status 1 if anything failed.
# usage: check.sh [address|undefined|thread]: with a sanitizer, the programs and the unit, API and
# program tests only; FILES chooses among the last two.
set -u

sanitizer=${1:-}
build=build${sanitizer:+/$sanitizer}
logs=build/check${sanitizer:+-$sanitizer}
rm -rf "$logs"
mkdir -p "$logs"
passed=0
failed=0

# count PASSED FAILED NAME: adds a suite to the totals and prints its line.
count() {
    passed=$((passed + $1))
    failed=$((failed + $2))
    printf '%-28s %4d passed, %d failed\n' "$3" "$1" "$2"
    if [ "$2" -gt 0 ]; then
        sed 's/^/    /' "$logs/$3.log" | grep -v '^ *ok ' | tail -n 60
    fi
}

# step NAME COMMAND...: one check that passes with status 0.
step() {
    local name=$1
    shift
    if "$@" >"$logs/$name.log" 2>&1; then count 1 0 "$name"; else count 0 1 "$name"; fi
}

# tap NAME COMMAND...: a suite that prints TAP; one that ends badly without a failed test, or
# without any test, counts as a failure.
tap() {
    local name=$1 status good bad
    shift
    "$@" >"$logs/$name.log" 2>&1
    status=$?
    good=$(grep -cE '^ *ok [0-9]+' "$logs/$name.log")
    bad=$(grep -cE '^ *not ok [0-9]+' "$logs/$name.log")
    # what could not be tested here, and why
    sed -nE 's/^ *ok [0-9]+ - (.*) # SKIP (.+)$/    not tested: \1: \2/p' "$logs/$name.log"
    if [ "$bad" -eq 0 ] && { [ "$status" -ne 0 ] || [ "$good" -eq 0 ]; }; then bad=1; fi
    count "$good" "$bad" "$name"
}

unit_tests() {
    local program
    for program in "$build"/tests/test_*; do
        [ -x "$program" ] && [ ! -d "$program" ] || continue
        CMOCKA_MESSAGE_OUTPUT=TAP tap "$(basename "$program")" "$@" "$program"
    done
}

finish() {
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
    exit
}

# What a sanitizer finds ends the process with another status, which tests look at. ThreadSanitizer
# cannot do with addresses as random as this kernel may make them, and no sanitizer with the library
# that poison.test.mjs puts before it.
if [ -n "$sanitizer" ]; then
    step build make -j2 SAN="$sanitizer" all tests
    export FRUGAL_BUILD="$build" FRUGAL_FILE_MS=3600000
    export TZ=UTC # else libzip has libc read the zone again, under a lock that no sanitizer sees
    export ASAN_OPTIONS=detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1
    unit_tests setarch -R
    # shellcheck disable=SC2086 # a list of files
    tap programs setarch -R node --test --test-reporter=tap \
        ${FILES:-$(ls tests/{api,programs}/*.test.mjs | grep -v /poison)}
    finish
fi

step build make -j2 all tests
step lint make lint
step warnings_gcc make -j2 WERROR=1 B=build/lint/gcc CC=gcc all tests
step warnings_clang make -j2 WERROR=1 B=build/lint/clang CC=clang all tests

build/tests/replay tests/cases/learning_cases.json >"$logs/replay.log" 2>&1
count "$(grep -c '  ok$' "$logs/replay.log")" "$(grep -c 'FAILED$' "$logs/replay.log")" replay

unit_tests

step packages_for_tests make tests/node_modules/.package-lock.json
for folder in core api programs page; do
    FRUGAL_SEEN="$PWD/$logs/seen_by_$folder" \
        tap "$folder" node --test --test-reporter=tap tests/$folder/*.test.mjs
done
step fuzzers make -j2 SAN=fuzz CC=clang fuzzers
tap fuzz bash tests/fuzz/run.sh
step every_documented_reply node tests/tools/seen.mjs "$logs/seen_by_api"
finish
