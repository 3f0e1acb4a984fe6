# shellcheck shell=bash
# Odoo 19 and the virtual environment it runs in.

ODOO_PACKAGE=odoo-19
# Debian replaces bundled fonts and scripts by links into these packages; without
# them the web client answers 500.
ODOO_LINKED=(libjs-jquery libjs-jquery-form libjs-underscore fonts-roboto-unhinted
    fonts-montserrat fonts-ocr-b)
# sid has newer majors of these two, whose files are named otherwise
ODOO_LINKED_STABLE=(fonts-font-awesome fonts-inconsolata)

# --- where Odoo is -----------------------------------------------------------

# odoo_home: the folder that holds the package ``odoo``
odoo_home() {
    printf '%s\n' "${ODOO_PATH:-$LOCAL/odoo/usr/lib/python3/dist-packages}"
}

odoo_addons() {
    local home
    home=$(odoo_home)
    # a checkout has most addons beside the package, an installed Odoo all inside it
    [[ -d $home/odoo/addons/account ]] || printf '%s,' "$home/addons"
    printf '%s/odoo/addons\n' "$home"
}

# odoo_version: what the templates of databases depend on
odoo_version() {
    { odoo_home && cat "$(odoo_home)/odoo/release.py"; } | hash_of
}

check_odoo_path() {
    local release=$ODOO_PATH/odoo/release.py
    [[ -f $release ]] || die "ODOO_PATH=$ODOO_PATH holds no Odoo: $release is not there.
Point it at a checkout of Odoo 19.0, or at the folder that contains the package odoo."
    grep -q '^version_info = (19, 0,' "$release" ||
        die "ODOO_PATH=$ODOO_PATH is not Odoo 19.0 (see version_info in $release)."
}

# --- Odoo from Debian --------------------------------------------------------

# stable_suite: the one whose fonts have the file names Odoo links to
stable_suite() {
    case $(debian_codename) in
        bookworm) echo bookworm ;;
        *) echo trixie ;;
    esac
}

find_odoo() { open_archive "sid $(stable_suite)" "$ODOO_PACKAGE"; }

fetch_odoo() {
    fetch_debs odoo download "${ODOO_LINKED[@]/%//sid}" "$ODOO_PACKAGE/sid" \
        "${ODOO_LINKED_STABLE[@]/%//$(stable_suite)}"
}

unpack_odoo() {
    local tree=$LOCAL/odoo.part dangling
    unpack_debs odoo
    dangling=$(find -L "$tree/usr/lib/python3/dist-packages" -type l)
    [[ -z $dangling ]] || {
        printf 'These links of the package point nowhere:\n%s\n' "$dangling" >&2
        return 1
    }
    # a leftover of the packaging: the addons' Python files alone, a second time
    rm -rf "$tree/usr/lib/python3/dist-packages/addons"
    rm -rf "$LOCAL/odoo" && mv "$tree" "$LOCAL/odoo"
}

setup_odoo() {
    if [[ -n ${ODOO_PATH:-} ]]; then
        ODOO_PATH=$(cd "$ODOO_PATH" 2>/dev/null && pwd -P) ||
            die "ODOO_PATH names a folder that does not exist."
        check_odoo_path
        return
    fi
    [[ ! -f $(odoo_home)/odoo/release.py ]] || return 0
    has dpkg && has apt-get || die "Odoo 19 is taken from Debian, and this is no Debian machine.
Set ODOO_PATH to a checkout of Odoo 19.0, or to the folder that contains the package odoo."
    step "Looking for Odoo 19 in Debian's archive" find_odoo
    step "Downloading Odoo 19 (120 MB)" fetch_odoo
    step "Unpacking Odoo 19" unpack_odoo
}

# --- the virtual environment -------------------------------------------------

python_fits() {
    "$1" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' \
        2>/dev/null
}

# find_python: PYTHON if set, else the first one that Odoo 19 runs on
find_python() {
    local python
    for python in ${PYTHON:-python3 python3.13 python3.12 python3.11 python3.10}; do
        if has "$python" && python_fits "$python"; then
            command -v "$python"
            return
        fi
    done
}

need_python() {
    local wanted=${PYTHON:-python3}
    [[ -z $(find_python) ]] || return 0
    [[ -n ${PYTHON:-} ]] || has python3 || need_packages python3 python3-venv
    [[ -z $(find_python) ]] || return 0
    has "$wanted" || die "PYTHON=$wanted is no program on this machine."
    die "Odoo 19 needs Python 3.10 to 3.13; $wanted is $("$wanted" --version 2>&1).
Set PYTHON to the one to use, for example PYTHON=/usr/bin/python3.13"
}

make_venv() {
    local site
    rm -rf "$VENV"
    "$1" -m venv "$VENV"
    site=$("$VENV/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    # makes ``import odoo`` work, as an installed Odoo would
    odoo_home >"$site/odoo.pth"
    printf '#!%s\nimport odoo.cli\n\nodoo.cli.main()\n' "$VENV/bin/python" >"$VENV/bin/odoo"
    chmod +x "$VENV/bin/odoo"
}

install_requirements() {
    cd "$ROOT"
    retry "$VENV/bin/python" -m pip install --disable-pip-version-check --no-input \
        --constraint constraints.txt -r requirements-odoo.txt -r requirements.txt \
        -r test-requirements.txt
}

# What the environment was made from lies in it, so that several work trees can share it.
is_made_from() { [[ -f $VENV/$1.key && $(<"$VENV/$1.key") == "$2" ]]; }

setup_python() {
    local python key
    need_python
    python=$(find_python)
    "$python" -c 'import ensurepip, venv' 2>/dev/null || need_packages python3-venv
    key=$({ odoo_home && "$python" -VV && echo "$python" "$VENV"; } | hash_of)
    if [[ ! -x $VENV/bin/odoo ]] || ! is_made_from python "$key"; then
        step "Making a virtual environment ($("$python" --version))" make_venv "$python"
        echo "$key" >"$VENV/python.key"
    fi
    key=$(cat "$ROOT"/*requirements*.txt "$ROOT/constraints.txt" | hash_of)
    if ! is_made_from requirements "$key"; then
        step "Installing Python packages" install_requirements
        echo "$key" >"$VENV/requirements.key"
    fi
}

# --- running Odoo ------------------------------------------------------------

# odoo COMMAND OPTION...: a sub-command stands before its options
run_odoo() {
    local command=$1
    shift
    "$VENV/bin/odoo" "$command" --config "$ODOO_CONF" "$@"
}

setup_config() {
    {
        echo "[options]"
        echo "addons_path = $(odoo_addons),$ROOT"
        echo "data_dir = $LOCAL/data"
        echo "bin_path = $LOCAL/bin"
        echo "http_interface = 127.0.0.1"
        [[ -n ${PGHOST:-} ]] || printf 'db_host = %s\ndb_user = %s\n' "$PGSOCKET" "$DB_USER"
    } >"$ODOO_CONF.part"
    mv "$ODOO_CONF.part" "$ODOO_CONF"
}

# free_port FROM: the first port from there up that nobody listens on
free_port() {
    "$VENV/bin/python" - "$1" <<-'PYTHON'
		import socket, sys

		first = int(sys.argv[1])
		for port in range(first, first + 100):
		    try:
		        socket.create_server(("127.0.0.1", port)).close()
		    except OSError:
		        continue
		    print(port)
		    break
		else:
		    sys.exit(f"no port from {first} to {first + 99} is free")
	PYTHON
}
