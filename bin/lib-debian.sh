# shellcheck shell=bash
# Debian packages unpacked into the project, without touching the system: a private
# configuration of apt copies the machine's own source of Debian with another suite, so
# that mirror, proxies and keyring stay the machine's, and signatures are checked.

# --- the machine's own source of Debian --------------------------------------

debian_codename() { (. /etc/os-release && printf '%s\n' "${VERSION_CODENAME:-sid}"); }

# The stanzas of *.sources (read from stdin) that name the machine's own Debian.
own_deb822() {
    awk -v RS= -v ORS='\n\n' -v own="$1" '
        {
            gsub(/(^|\n)#[^\n]*/, ""); sub(/^\n/, "")
            text = "\n" tolower($0) "\n"
        }
        text ~ /\nenabled:[ \t]*(no|false)/ { next }
        text !~ /\ntypes:[^\n]*deb[ \t\n]/ { next }
        text !~ /\ncomponents:[^\n]*[ \t]main[ \t\n]/ { next }
        text !~ "\nsuites:[^\n]*[ \t](" own "|stable|testing|unstable|sid)[ \t\n]" { next }
        { print }'
}

# The lines of sources.list (read from stdin) that name the machine's own Debian, as
# stanzas of the other format.
own_oneline() {
    awk -v own="$1" '
        $1 != "deb" { next }
        {
            line = $0; options = ""
            if (match(line, /\[[^]]*\]/)) {
                options = substr(line, RSTART + 1, RLENGTH - 2)
                line = substr(line, 1, RSTART - 1) substr(line, RSTART + RLENGTH)
            }
            count = split(line, part, /[ \t]+/)
            if (part[3] !~ "^(" own "|stable|testing|unstable|sid)$") next
            main = 0
            for (i = 4; i <= count; i++) if (part[i] == "main") main = 1
            if (!main) next
            print "Types: deb"
            print "URIs: " part[2]
            print "Suites: " part[3]
            print "Components: main"
            if (match(options, /signed-by=[^ \t]+/))
                print "Signed-By: " substr(options, RSTART + 10, RLENGTH - 10)
            print ""
        }'
}

# own_sources: every place the machine itself takes Debian from, one stanza each
own_sources() {
    local own file
    own=$(debian_codename)
    for file in /etc/apt/sources.list.d/*.sources; do
        [[ ! -f $file ]] || { own_deb822 "$own" <"$file" && echo; }
    done
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        [[ ! -f $file ]] || own_oneline "$own" <"$file"
    done
}

# --- apt beside the system's -------------------------------------------------

private_apt() {
    local tool=$1
    shift
    "$tool" -q -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$LOCAL/apt/sources" \
        -o Dir::State::Lists="$LOCAL/apt/lists" -o Dir::State::status="$LOCAL/apt/status" \
        -o Dir::Cache="$LOCAL/apt/cache" -o APT::Sandbox::User="$(id -un)" \
        -o Debug::NoLocking=true -o Acquire::Languages=none "$@"
}

# point_apt STANZA SUITES: at where STANZA points, but SUITES. For this apt nothing is
# installed, so that it fetches all that a package needs.
point_apt() {
    rm -rf "$LOCAL/apt"
    mkdir -p "$LOCAL"/apt/{sources,lists/partial,cache/archives/partial}
    : >"$LOCAL/apt/status"
    sed -E "s/^Suites:.*/Suites: $2/I; s/^Types:.*/Types: deb/I; s/^Components:.*/Components: main/I" \
        <<<"$1" >"$LOCAL/apt/sources/debian.sources"
}

# open_archive SUITES PACKAGE: find the source that offers PACKAGE there
open_archive() {
    local stanza
    while IFS= read -r -d $'\x1e' stanza; do
        point_apt "$stanza" "$1"
        retry private_apt apt-get update || continue
        ! offered "$2" private_apt apt-cache || return 0
    done < <(own_sources | awk -v RS= -v ORS='\x1e' '{ print }')
    echo "No source of Debian that this machine is set up with offers $2 in: $1." >&2
    return 1
}

# fetch_debs NAME ARGUMENT...: into a folder that is renamed when all are there
fetch_debs() {
    local folder=$LOCAL/cache/$1 archives=$LOCAL/apt/cache/archives
    shift
    rm -rf "$folder" "$archives"
    mkdir -p "$archives/partial"
    cd "$archives"
    retry private_apt apt-get "$@"
    rm -rf "$archives/partial"
    mv "$archives" "$folder"
}

# unpack_debs NAME: what was fetched, into .local/NAME.part
unpack_debs() {
    local package tree=$LOCAL/$1.part
    rm -rf "$tree" && mkdir -p "$tree"
    for package in "$LOCAL/cache/$1"/*.deb; do
        dpkg -x "$package" "$tree"
    done
    # nothing is kept twice
    rm -rf "${LOCAL:?}/cache/$1" "$LOCAL/apt"
}

# --- wkhtmltopdf -------------------------------------------------------------
# Odoo prints with it, and Debian 12 is the last release that has it: on a newer one it
# comes from there, with all its libraries down to the C library.

find_wkhtmltopdf() { open_archive bookworm wkhtmltopdf; }

fetch_wkhtmltopdf() {
    fetch_debs wkhtmltopdf install --yes --download-only --no-install-recommends wkhtmltopdf
}

unpack_wkhtmltopdf() {
    local loader libraries tree=$LOCAL/wkhtmltopdf
    unpack_debs wkhtmltopdf
    rm -rf "$tree" && mv "$tree.part" "$tree"
    loader=$(find "$tree"/lib*/ -name 'ld-linux*.so.*' -print -quit)
    libraries=$(dirname "$(find "$tree/usr/lib" -name 'libQt5Core.so.5' -print -quit)")
    mkdir -p "$LOCAL/bin"
    cat >"$LOCAL/bin/wkhtmltopdf.part" <<-SCRIPT
		#!/bin/sh
		export QT_PLUGIN_PATH='$libraries/qt5/plugins'
		exec '$loader' --library-path '$libraries:$tree${libraries#"$tree/usr"}' \
		    '$tree/usr/bin/wkhtmltopdf' "\$@"
	SCRIPT
    chmod +x "$LOCAL/bin/wkhtmltopdf.part"
    "$LOCAL/bin/wkhtmltopdf.part" --version
    mv "$LOCAL/bin/wkhtmltopdf.part" "$LOCAL/bin/wkhtmltopdf"
}

setup_wkhtmltopdf() {
    has dpkg && has apt-get || die "Missing: wkhtmltopdf"
    step "Looking for wkhtmltopdf in Debian's archive" find_wkhtmltopdf
    step "Downloading wkhtmltopdf" fetch_wkhtmltopdf
    step "Unpacking wkhtmltopdf" unpack_wkhtmltopdf
}
