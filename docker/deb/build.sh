# Makes build/deb/frugal_VERSION_ARCH.deb from what `make install` installs: bash docker/deb/build.sh
# BUILD. The same commit and compiler give the same bytes. DEBFULLNAME and DEBEMAIL say whose it is.
set -eu
build=$1
here=docker/deb
work=$build/deb
root=$work/root

# 1.2-3-gabc stays in order behind 1.2; a commit without a tag before it is 0.1+gitCOUNT.HASH.
version() {
    local name
    name=$(git describe --tags --always --dirty 2>/dev/null || echo 0.1)
    case ${name#v} in
    [0-9]*.*) echo "${name#v}" | tr - + ;;
    *) echo "0.1+git$(git rev-list --count HEAD).${name//-/.}" ;;
    esac
}

# What the programs need, from the libraries that they are linked with.
libraries() {
    mkdir -p "$work/shlibs/debian"
    printf 'Source: frugal\n\nPackage: frugal\nArchitecture: any\n' >"$work/shlibs/debian/control"
    (cd "$work/shlibs" && dpkg-shlibdeps -O ../root/usr/bin/frugald ../root/usr/bin/frugal) |
        sed 's/^shlibs:Depends=//'
}

version=$(version)
maintainer="${DEBFULLNAME:-The frugal developers} <${DEBEMAIL:-frugal@users.noreply.github.com}>"
arch=$(dpkg --print-architecture)
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || stat -c %Y Makefile)
export SOURCE_DATE_EPOCH
umask 022
rm -rf "$work"
mkdir -p "$root/DEBIAN"
make -s install B="$build" DESTDIR="$PWD/$root" PREFIX=/usr

# Where Debian has these things.
mkdir -p "$root/lib" "$root/etc/frugal" "$root/usr/share/doc/frugal"
mv "$root/usr/lib/systemd" "$root/lib/systemd"
rm -r "$root/usr/lib" # the user is made by postinst
mkdir -p "$root/usr/share/zsh/vendor-completions"
mv "$root/usr/share/zsh/site-functions/_frugal" "$root/usr/share/zsh/vendor-completions/"
rmdir "$root/usr/share/zsh/site-functions"
mv "$root/usr/share/frugal/frugald.conf" "$root/etc/frugal/"
mv "$root/usr/share/frugal/examples" "$root/usr/share/doc/frugal/examples"
rmdir "$root/usr/share/frugal"
gzip -9n "$root"/usr/share/man/man*/*

{
    printf 'frugal (%s) unstable; urgency=medium\n\n  * See NEWS.\n\n' "$version"
    printf ' -- %s  %s\n' "$maintainer" "$(date -u -R -d "@$SOURCE_DATE_EPOCH")"
} | gzip -9n >"$root/usr/share/doc/frugal/changelog.gz"
gzip -9n <.github/CHANGELOG.md >"$root/usr/share/doc/frugal/NEWS.gz"
{
    printf 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\n'
    printf 'Files: *\nCopyright: %s\nLicense: MIT\n' "$(sed -n 's/^Copyright (c) //p' LICENSE)"
    sed -n '5,$p' LICENSE | sed 's/^$/./; s/^/ /'
} >"$root/usr/share/doc/frugal/copyright"

sed -e "s/@version@/$version/" -e "s/@maintainer@/$maintainer/" -e "s/@arch@/$arch/" -e "s|@libraries@|$(libraries)|" \
    -e "s/@size@/$(du -sk --apparent-size --exclude=DEBIAN "$root" | cut -f1)/" \
    $here/control >"$root/DEBIAN/control"
echo /etc/frugal/frugald.conf >"$root/DEBIAN/conffiles"
install -m 755 $here/postinst $here/prerm $here/postrm "$root/DEBIAN"
(cd "$root" && find . -type f -not -path './DEBIAN/*' -printf '%P\n' | LC_ALL=C sort |
    xargs md5sum >DEBIAN/md5sums)
dpkg-deb --root-owner-group --build "$root" "$work/frugal_${version}_$arch.deb"
