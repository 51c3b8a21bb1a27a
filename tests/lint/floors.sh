# The include check: a file of a floor may include headers of its own floor and of those that
# follow in the list (siblings that do not know each other stand in the table below), and a
# third-party header only on the floors that the table names.
# usage: floors.sh "http app remote work store data spec learn base"
floors=$1
errors=$(grep -nE '^#include [<"]' server/*/*.[ch] | awk -v floors="$floors" '
    BEGIN {
        n = split(floors, name, " ")
        for (i = 1; i <= n; i++) level[name[i]] = i
        stranger["store", "data"] = stranger["store", "spec"] = stranger["data", "spec"] = 1
        home["microhttpd.h"] = "http"
        home["jansson.h"] = "spec remote http"
        home["sqlite3.h"] = "store"
        home["zlib.h"] = "data"
        home["zip.h"] = "store"
        home["sleef.h"] = "learn"
        home["sodium.h"] = "base"
        home["gnutls/abstract.h"] = "http"
        home["ini.h"] = "base"
        home["curl/curl.h"] = "data remote"
        home["pthread.h"] = "base store data work remote http"
    }
    {
        split($0, part, ":")
        split(part[1], path, "/")
        from = path[2]
        match($0, /[<"][^>"]*/)
        header = substr($0, RSTART + 1, RLENGTH - 1)
        split(header, target, "/")
        to = target[1]
        if (to in level && (level[to] < level[from] || (from, to) in stranger))
            print part[1] ":" part[2] ": the floor " from " must not include " header
        if (header in home && index(" " home[header] " ", " " from " ") == 0)
            print part[1] ":" part[2] ": " header " belongs to: " home[header]
    }')
[ -z "$errors" ] && exit 0
echo "$errors"
exit 1
