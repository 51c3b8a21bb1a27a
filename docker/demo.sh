# make demo: starts the server beside the build, takes schema/examples/first.json to its
# result, and keeps the server up on a terminal.
set -u

data=build/demo
mkdir -p "$data"
server=

stop() {
    [ -n "$server" ] && kill "$server" 2>/dev/null
    [ -n "$server" ] && wait "$server" 2>/dev/null
    server=
}
interrupted() {
    # Ctrl-C has reached the server too; a second signal would end it at once.
    [ -n "$server" ] && wait "$server" 2>/dev/null
    server=
    exit 130
}
trap stop EXIT
trap interrupted INT
trap 'exit 143' TERM

# Starts frugald on $1; its address is in $address once it answers.
start() {
    rm -f "$data/address"
    build/frugald --listen "$1" --data-dir "$data/data" >"$data/address" 2>"$data/log" &
    server=$!
    while kill -0 "$server" 2>/dev/null; do
        address=$(head -n 1 "$data/address")
        [ -n "$address" ] && return 0
        sleep 0.1
    done
    wait "$server"
    server=
    return 1
}

if ! start 127.0.0.1:8750 && ! start 127.0.0.1:0; then
    cat "$data/log" >&2
    exit 1
fi
echo "frugald answers on $address; its log is $data/log"
build/frugal --server "$address" submit schema/examples/first.json --follow
result=$?
echo
echo "Look at it in a browser: $address"
if [ -t 0 ] && [ -t 1 ]; then
    echo "The server stays up until you press Ctrl-C."
    wait "$server"
else
    echo "Without a terminal the server ends here; to look at it later:"
    echo "    build/frugald --data-dir $data/data"
fi
exit $result
