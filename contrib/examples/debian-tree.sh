# Sourced by the `tree` script of an example: makes the root of an app's file system out of Debian packages.
#
# The packages are downloaded, not taken from the machine: the tree then is the same whatever is installed here, and
# nothing has to be installed. Downloads are kept in .build/examples/packages.

set -euo pipefail
shopt -s inherit_errexit

example=$(cd "$(dirname "${BASH_SOURCE[1]}")" && pwd)
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
downloads=${BARCHAN_EXAMPLES:-$repository/.build/examples}/packages

# The folder the tree is made in; whatever was there goes.
tree=${1:?usage: tree DIRECTORY}
case $tree in /*) ;; *) tree=$PWD/$tree ;; esac
rm -rf "$tree"
mkdir -p "$tree" "$downloads"

# Everything of the chosen packages, from which the functions below pick what the app needs.
source=$(mktemp -d)
trap 'rm -rf "$source"' EXIT

# Downloads the named Debian packages where that is needed and unpacks them all over one another.
debian_packages() {
    local name wanted=() file
    for name in "$@"; do
        compgen -G "$downloads/${name}_*.deb" >/dev/null || wanted+=("$name")
    done
    if [ ${#wanted[@]} -gt 0 ]; then
        echo "  downloading ${#wanted[@]} Debian packages: ${wanted[*]}" >&2
        (cd "$downloads" && apt-get download -qq -o APT::Sandbox::User=root "${wanted[@]}") || {
            echo "The Debian packages cannot be downloaded; if apt does not know them, run: sudo apt-get update" >&2
            return 1
        }
    fi
    # Packages of Debian 12 still carry files under /lib that belong under /usr/lib.
    mkdir -p "$source"/usr/{bin,sbin,lib,lib64}
    ln -s usr/bin usr/sbin usr/lib usr/lib64 "$source"
    for name in "$@"; do
        for file in "$downloads/${name}"_*.deb; do :; done  # the newest one when there are several
        dpkg-deb --fsys-tarfile "$file" | tar -x --keep-directory-symlink --no-same-owner -C "$source"
    done
}

# Copies files and folders of the packages, given relative to the root, to the same place in the tree.
copy() {
    local path
    for path in "$@"; do
        mkdir -p "$tree/$(dirname "$path")"
        cp -a "$source/$path" "$tree/$(dirname "$path")/"
    done
}

# Copies programs and loadable modules with every shared library they need. A library that none of the packages has is
# an error here and not inside the sandbox.
copy_programs() {
    local path listing library loader libraries
    libraries=$(find "$source/usr/lib" -maxdepth 1 -type d -name '*-linux-gnu*')
    loader=$(find "$libraries" -maxdepth 1 -name 'ld-linux*.so*')
    copy "$@"
    mkdir -p "$tree${libraries#"$source"}"
    for path in "$@"; do
        listing=$("$loader" --library-path "$libraries" --list "$source/$path" 2>&1) || {
            [[ $listing == *"not a dynamic executable"* || $listing == *"statically linked"* ]] && continue
            echo "$path: $listing" >&2
            return 1
        }
        if grep -q 'not found' <<<"$listing"; then
            echo "$path needs a library of a Debian package that is not listed here:" >&2
            grep 'not found' <<<"$listing" >&2
            return 1
        fi
        while read -r library; do
            case $library in
                "$libraries"/*) cp -L --preserve=mode,timestamps "$library" "$tree${library#"$source"}" ;;
            esac
        done < <(sed -n 's/.*=> \([^ ]*\) (.*/\1/p' <<<"$listing")
    done
    # The programs name their loader by an absolute path: /lib64/ld-linux-x86-64.so.2 or /lib/ld-linux-aarch64.so.1.
    path=$(cd "$source" && find usr/lib64 usr/lib -maxdepth 1 -name "${loader##*/}" | head -n 1)
    mkdir -p "$tree/$(dirname "$path")"
    cp --preserve=mode,timestamps "$loader" "$tree/$path"
    [ -e "$tree/lib" ] || ln -s usr/lib "$tree/lib"
    [ -e "$tree/lib64" ] || ln -s usr/lib64 "$tree/lib64"
}

# A small shell with the named commands, one static program.
copy_shell() {
    local name
    copy usr/bin/busybox
    [ -e "$tree/bin" ] || ln -s usr/bin "$tree/bin"
    for name in sh "$@"; do ln -s busybox "$tree/usr/bin/$name"; done
}

# Adds the example's own files and what every tree has.
finish() {
    [ ! -d "$example/files" ] || cp -a "$example/files/." "$tree/"
    mkdir -p "$tree"/{etc,dev,tmp,var,proc}
    : >"$tree/proc/cpuinfo"
    echo 'app:x:1000:1000:app:/var:/bin/sh' >"$tree/etc/passwd"
    echo 'app:x:1000:' >"$tree/etc/group"
    printf '127.0.0.1 localhost sandbox\n::1 ip6-localhost ip6-loopback\n' >"$tree/etc/hosts"
    # The last packages decide; files of our own are as old as the newest of theirs, so that the package is the same
    # whenever it is made.
    local newest
    newest=$(find "$source" -type f -printf '%T@\n' | sort -n | tail -n 1)
    find "$tree" -newermt "@${newest%.*}" -exec touch --no-dereference --date="@${newest%.*}" {} +
    echo "  $(find "$tree" -type f | wc -l) files, $(du -sh --apparent-size "$tree" | cut -f1)" >&2
}
