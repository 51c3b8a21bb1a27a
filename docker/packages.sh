# Installs the Debian packages that are missing: `packages.sh run` what building and running
# takes, `packages.sh run check` also what the tests take, `packages.sh run bench` what the
# benchmarks of the core take, `packages.sh run service` what those of the service take,
# `packages.sh run soak` what the notebooks of README take, `packages.sh run deb` what trying
# the Debian package and the image takes.
set -eu

build='gcc libc6-dev ca-certificates libmicrohttpd-dev libgnutls28-dev libjansson-dev
    libsqlite3-dev zlib1g-dev libzip-dev libsodium-dev libsleef-dev libinih-dev
    dataset-fashion-mnist'
check='libcmocka-dev clang libclang-rt-14-dev chromium fonts-dejavu-core qemu-user python3-numpy
    python3-scipy strace openssl mandoc man-db groff-base zsh fish systemd nginx
    slurmctld slurmd slurm-client munge'
bench='libopenblas-dev python3-numpy'
soak='python3-pandas r-base-core'
deb='dpkg-dev lintian debootstrap'
service='task-spooler slurmctld slurmd slurm-client munge nghttp2-client'

installed() {
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

node_is_new_enough() {
    command -v node >/dev/null && [ "$(node -p 'parseInt(process.versions.node)')" -ge 18 ]
}

missing=
need() {
    installed "$1" || missing="$missing $1"
}

for package in $build; do need "$package"; done
installed libcurl4-gnutls-dev || need libcurl4-openssl-dev
node_is_new_enough || need nodejs
command -v npm >/dev/null || need npm
case " $* " in *' check '*) for package in $check; do need "$package"; done ;; esac
case " $* " in *' bench '*) for package in $bench; do need "$package"; done ;; esac
case " $* " in *' soak '*) for package in $soak; do need "$package"; done ;; esac
case " $* " in *' deb '*) for package in $deb; do need "$package"; done ;; esac
case " $* " in *' service '*) for package in $service; do need "$package"; done ;; esac

if [ -z "$missing" ]; then exit 0; fi
echo "Debian packages that are missing:$missing"
if [ "$(id -u)" -eq 0 ]; then
    sudo=
elif command -v sudo >/dev/null; then
    sudo=sudo
else
    echo "Please install them as root: apt-get install$missing" >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -qq
# shellcheck disable=SC2086 # a list of words
$sudo apt-get install -y -qq --no-install-recommends $missing </dev/null
