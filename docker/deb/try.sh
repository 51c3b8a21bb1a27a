# Installs the package in a fresh Debian 12, lets its service's user run it, and removes it again:
# bash docker/deb/try.sh BUILD, as root. No init system runs there: the unit itself is looked at by
# tests/programs/service_files.test.mjs.
set -eu
build=$1
deb=$(ls "$build"/deb/frugal_*.deb)
root=$(mktemp -d /tmp/frugal-deb-XXXXXX)
chmod 755 "$root"
server=
clean_up() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    [ -z "$server" ] || wait "$server" || true
    umount "$root/proc" 2>/dev/null || true
    rm -rf --one-file-system "$root"
}
trap clean_up EXIT
in_it() { chroot "$root" env DEBIAN_FRONTEND=noninteractive PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"; }
step() { echo "-- $*"; }

step lintian
lintian --allow-root --fail-on error --info "$deb"

step a fresh Debian
debootstrap --variant=minbase bookworm "$root" "${MIRROR:-http://deb.debian.org/debian}" >"$build/deb/debootstrap.log"
mount -t proc proc "$root/proc"
cp "$deb" "$root/tmp/frugal.deb"

step install
in_it apt-get -qq update
in_it apt-get -qq install -y --no-install-recommends /tmp/frugal.deb dataset-fashion-mnist >"$build/deb/install.log"
in_it getent passwd frugal
test -f "$root/etc/frugal/frugald.conf"
test -f "$root/lib/systemd/system/frugald.service"
test "$(in_it dpkg-query -W -f '${Conffiles}' frugal | cut -d' ' -f2)" = /etc/frugal/frugald.conf
size=$(in_it dpkg-query -W -f '${Installed-Size}' frugal)
echo "installed size: $size KiB"
test "$size" -lt 5000

step run
in_it install -d -o frugal -g frugal -m 700 /var/lib/frugal
chroot --userspec=frugal:frugal "$root" /usr/bin/frugald --listen 127.0.0.1:8763 \
    --data-dir /var/lib/frugal >"$build/deb/address" 2>"$build/deb/log" &
server=$!
for _ in $(seq 300); do [ -s "$build/deb/address" ] && break; sleep 0.1; done
in_it frugal --server http://127.0.0.1:8763 ping
echo '{"dataset": "fashion-mnist", "stop": {"accuracy": 0.6}}' >"$root/tmp/spec.json"
in_it frugal --server http://127.0.0.1:8763 submit /tmp/spec.json --wait
kill "$server"
wait "$server"
server=

step upgrade, remove, purge
in_it dpkg -i /tmp/frugal.deb >/dev/null
in_it apt-get -qq remove -y frugal >/dev/null
test -f "$root/etc/frugal/frugald.conf"
in_it dpkg --purge frugal
test ! -e "$root/etc/frugal"
test ! -e "$root/usr/bin/frugald"
test -f "$root/var/lib/frugal/frugal.db"
echo "the package installs, runs and goes"
