# shellcheck shell=bash
# Shared parts of bin/*: sourced, never run. Everything these scripts make lies in
# .local/, which git ignores; removing that folder (bin/setup --clean) undoes all.

set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
LOCAL=$ROOT/.local
ADDON=l10n_in_einvoice_irp
# each installs itself where one of Odoo's own addons is installed, too
BRIDGES=(l10n_in_einvoice_irp_edi l10n_in_einvoice_irp_ewaybill)
# those of Odoo: E-Invoicing, E-waybill
BESIDE=l10n_in_edi,l10n_in_ewaybill
VENV=${IRP_VENV:-$LOCAL/venv}
ODOO_CONF=$LOCAL/odoo.conf
LOG=$LOCAL/log/$(basename "$0").log
LOCK_FD=9

mkdir -p "$LOCAL"/{bin,cache,data,log}
# what had to be unpacked here because the system does not have it
export PATH=$PATH:$LOCAL/bin

# --- talking -----------------------------------------------------------------

say() { printf '%s\n' "$*" >&2; }

die() {
    printf '\n%s\n' "$*" >&2
    exit 1
}

# A line every ten seconds: a long step must not look like a dead one.
_heartbeat() {
    local began=$SECONDS
    while sleep 10 >/dev/null 2>&1; do
        printf ' %ss' "$((SECONDS - began))" >&2
    done
}

# step TEXT COMMAND...: run COMMAND, its output into the log, and tell what it took.
# Not to be called in a condition: bash would ignore failures inside COMMAND.
step() {
    local text=$1 began=$SECONDS status heart
    shift
    printf '%s ...' "$text" >&2
    printf '\n===== %s  %s\n' "$(date '+%F %T')" "$text" >>"$LOG"
    (let_locks_go && _heartbeat) </dev/null &
    heart=$!
    set +e
    (let_locks_go && set -e && "$@") >>"$LOG" 2>&1 </dev/null
    status=$?
    set -e
    kill "$heart" 2>/dev/null
    wait "$heart" 2>/dev/null || true
    if ((status != 0)); then
        printf ' failed\n\n' >&2
        tail -n 25 "$LOG" >&2
        die "$text: failed. The whole output is in $LOG"
    fi
    printf ' %ss\n' "$((SECONDS - began))" >&2
}

# retry COMMAND...: the network hiccups; three attempts
retry() {
    local attempt
    for attempt in 1 2 3; do
        "$@" && return 0
        ((attempt == 3)) || sleep "$((attempt * 3))"
    done
    return 1
}

# --- doing things once -------------------------------------------------------

# let_locks_go, in a subshell: close every descriptor but the first three. A lock of
# flock's is held by every process that inherited its descriptor, and what may outlive
# us (PostgreSQL, Odoo, a service that apt starts) must hold none.
let_locks_go() {
    local descriptor
    for descriptor in "/proc/$BASHPID/fd"/*; do
        descriptor=${descriptor##*/}
        ((descriptor <= 2)) || eval "exec $descriptor>&-"
    done
}

# Two commands at once must not set up twice.
lock() {
    exec 9>"$LOCAL/lock"
    flock --nonblock "$LOCK_FD" && return
    say "waiting for another bin/ command that is setting up ..."
    flock "$LOCK_FD"
}

unlock() { exec 9>&-; }

hash_of() { sha256sum | cut -c1-12; }

# --- system packages ---------------------------------------------------------

is_root() { [[ $(id -u) == 0 ]]; }

has() { command -v "$1" >/dev/null 2>&1; }

install_packages() {
    export DEBIAN_FRONTEND=noninteractive
    retry apt-get -q update
    retry apt-get -q -y --no-install-recommends -o DPkg::Lock::Timeout=300 install "$@"
}

# need_packages PACKAGE...: these are missing; install them or say how
need_packages() {
    (($#)) || return 0
    if is_root && has apt-get; then
        step "Installing with apt-get: $*" install_packages "$@"
        return
    fi
    has apt-get || die "Missing (names of the Debian packages): $*"
    die "Missing system packages. Install them with:

    sudo apt-get update && sudo apt-get install --no-install-recommends $*"
}

# shellcheck source=bin/lib-debian.sh
source "$ROOT/bin/lib-debian.sh"
# shellcheck source=bin/lib-odoo.sh
source "$ROOT/bin/lib-odoo.sh"
# shellcheck source=bin/lib-postgres.sh
source "$ROOT/bin/lib-postgres.sh"

missing_packages() {
    local package probe
    while read -r package probe; do
        has "$probe" || printf '%s\n' "$package"
    done <<-'LIST'
		git git
		chromium chromium
		poppler-utils pdftoppm
		fontconfig fc-list
	LIST
    [[ -n $(fc-list 2>/dev/null) ]] || echo fonts-dejavu-core
    # the driver of Playwright is linked to it
    compgen -G '/usr/lib*/libatomic.so.1' >/dev/null ||
        compgen -G '/usr/lib/*/libatomic.so.1' >/dev/null || echo libatomic1
}

# One package brings all programs of PostgreSQL; a server of one's own needs psql.
missing_postgres() {
    if [[ -n ${PGHOST:-} ]]; then
        has psql || echo postgresql-client
    elif [[ -z $(postgres_bin) ]]; then
        echo postgresql
    fi
}

# offered PACKAGE COMMAND...: whether apt has it, where COMMAND runs apt-cache
offered() {
    local package=$1
    shift
    has apt-cache && [[ $(LC_ALL=C "$@" policy "$package") =~ Candidate:\ [^\(] ]]
}

setup_system() {
    local missing
    mapfile -t missing < <(missing_packages && missing_postgres)
    if ! has wkhtmltopdf; then
        ! is_root || step "Reading the lists of Debian's packages" retry apt-get -q update
        if offered wkhtmltopdf apt-cache; then
            missing+=(wkhtmltopdf)
        else
            setup_wkhtmltopdf
        fi
    fi
    need_packages "${missing[@]}"
}

# setup_all: all that a running Odoo needs
setup_all() {
    lock
    setup_system
    setup_odoo
    setup_python
    setup_postgres
    setup_config
    unlock
}
