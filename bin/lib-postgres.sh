# shellcheck shell=bash
# A private PostgreSQL cluster (or the server PGHOST names), and databases in it.

DB_USER=odoo
# Settings of libpq meant for another server must not divert us.
[[ -n ${PGHOST:-} ]] || unset "${!PG@}"

# postgres_bin: the folder with initdb, newest first; Debian keeps it out of PATH
postgres_bin() {
    local folder
    folder=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
    if [[ -x $folder/initdb ]]; then
        printf '%s\n' "$folder"
    elif has initdb; then
        dirname "$(readlink -f "$(command -v initdb)")"
    fi
}

# The server refuses to run as root; then it runs as ``postgres``.
as_postgres() {
    if is_root; then
        (cd / && runuser -u postgres -- "$@")
    else
        "$@"
    fi
}

# A stable place elsewhere when ``postgres`` cannot reach the project (below /root).
cluster_folder() {
    if ! is_root || as_postgres test -x "$LOCAL"; then
        printf '%s\n' "$LOCAL/pg"
    else
        printf '/var/lib/irp-postgresql-%s\n' "$(hash_of <<<"$ROOT")"
    fi
}

# A socket's path has at most 107 characters.
socket_folder() {
    if ((${#1} < 80)); then
        printf '%s\n' "$1/socket"
    else
        printf '/tmp/irp-postgresql-%s\n' "$(hash_of <<<"$1")"
    fi
}

make_cluster() {
    local owner
    owner=$(is_root && echo postgres || id -un)
    rm -rf "$PGFOLDER" && mkdir -p "$PGFOLDER"
    is_root && chown "$owner" "$PGFOLDER"
    chmod 700 "$PGFOLDER"
    as_postgres "$PGBIN/initdb" --pgdata "$PGFOLDER/data.part" --username "$owner" \
        --auth trust --encoding UTF8 --locale C.UTF-8 --no-sync
    # Only this machine's own user comes in (the folder is closed to others), and what
    # is lost in a power cut can be made again: no waiting for the disk.
    as_postgres tee -a "$PGFOLDER/data.part/postgresql.conf" >/dev/null <<-'CONF'
		listen_addresses = ''
		max_connections = 200
		shared_buffers = 256MB
		fsync = off
		synchronous_commit = off
		full_page_writes = off
		max_wal_size = 2GB
	CONF
    as_postgres mv "$PGFOLDER/data.part" "$PGFOLDER/data"
}

start_cluster() {
    is_root && install -d -o postgres -m 700 "$PGSOCKET" || install -d -m 700 "$PGSOCKET"
    as_postgres "$PGBIN/pg_ctl" start --wait --silent --pgdata "$PGFOLDER/data" \
        --log "$PGFOLDER/server.log" -o "-k $PGSOCKET" </dev/null >/dev/null 2>&1 ||
        { tail -n 20 "$PGFOLDER/server.log" && return 1; }
    [[ -n $(as_postgres "$PGBIN/psql" -h "$PGSOCKET" -d postgres -qAt -c \
        "SELECT 1 FROM pg_roles WHERE rolname = '$DB_USER'") ]] ||
        as_postgres "$PGBIN/createuser" -h "$PGSOCKET" --superuser "$DB_USER"
}

cluster_runs() {
    as_postgres "$PGBIN/pg_ctl" status --pgdata "$PGFOLDER/data" >/dev/null 2>&1
}

stop_postgres() {
    postgres_places
    [[ -d $PGFOLDER/data ]] && cluster_runs || return 0
    as_postgres "$PGBIN/pg_ctl" stop --mode fast --silent --pgdata "$PGFOLDER/data"
}

postgres_places() {
    PGBIN=$(postgres_bin)
    PGFOLDER=$(cluster_folder)
    PGSOCKET=$(socket_folder "$PGFOLDER")
    DB_PREFIX=irp
}

check_server() {
    # somebody else's server may hold databases of another copy of this project
    DB_PREFIX=irp_$(hash_of <<<"$ROOT" | cut -c1-6)
    [[ ${PGUSER:-$(id -un)} != postgres ]] ||
        die "Odoo refuses to work as the database user postgres: set PGUSER to another one."
    psql -d "${PGDATABASE:-postgres}" -qAt -c "SELECT 1" >/dev/null ||
        die "The server PGHOST=$PGHOST names does not let us in; see PGPORT, PGUSER, PGPASSWORD."
}

setup_postgres() {
    if [[ -n ${PGHOST:-} ]]; then
        check_server
        return
    fi
    postgres_places
    [[ -d $PGFOLDER/data ]] || step "Making a PostgreSQL cluster" make_cluster
    cluster_runs || step "Starting PostgreSQL" start_cluster
}

# --- databases ---------------------------------------------------------------

# with_server COMMAND...: one of PostgreSQL's programs, as Odoo's database user
with_server() {
    # no remarks about databases that are not there to be dropped
    local -x PGOPTIONS="${PGOPTIONS:-} -c client_min_messages=warning"
    if [[ -n ${PGHOST:-} ]]; then
        "$@"
    else
        PGHOST=$PGSOCKET PGUSER=$DB_USER PATH=$PGBIN:$PATH "$@"
    fi
}

# sql_in DATABASE STATEMENT
sql_in() { with_server psql -d "$1" -qAt -v ON_ERROR_STOP=1 -c "$2"; }

sql() { sql_in postgres "$1"; }

has_database() { [[ -n $(sql "SELECT 1 FROM pg_database WHERE datname = '$1'") ]]; }

drop_database() {
    with_server dropdb --if-exists --force "$1"
    rm -rf "$LOCAL/data/filestore/$1"
}

# clone_database FROM TO: with the files its attachments refer to. A file of the
# filestore never changes (its name is its hash), so links are enough.
clone_database() {
    drop_database "$2"
    with_server createdb --template "$1" "$2"
    [[ ! -d $LOCAL/data/filestore/$1 ]] ||
        cp -al "$LOCAL/data/filestore/$1" "$LOCAL/data/filestore/$2"
}

rename_database() {
    sql "ALTER DATABASE \"$1\" RENAME TO \"$2\""
    [[ ! -d $LOCAL/data/filestore/$1 ]] ||
        mv -T "$LOCAL/data/filestore/$1" "$LOCAL/data/filestore/$2"
}

# install_modules DATABASE MODULES OPTION...: made if it does not exist
install_modules() {
    local database=$1 modules=$2
    shift 2
    run_odoo server --database "$database" --init "$modules" --stop-after-init \
        --no-http --max-cron-threads=0 --log-level=warn "$@"
    # Odoo ends with 0 also when a module was skipped
    sql_in "$database" "SELECT name, state FROM ir_module_module
        WHERE name = ANY(string_to_array('$modules', ',')) AND state <> 'installed'" |
        { ! grep . || { echo "is not installed: see above" && return 1; }; }
}

base_database() { printf '%s_base_%s\n' "$DB_PREFIX" "$(odoo_version)"; }

make_base() {
    local database=$1
    drop_database "$database.part"
    install_modules "$database.part" l10n_in
    rename_database "$database.part" "$database"
}

# setup_base: the template that a database for tests or the demo starts from
setup_base() {
    local database
    database=$(base_database)
    has_database "$database" ||
        step "Making a database with l10n_in (once, about a minute)" make_base "$database"
}

# A note kept with a database: the state of the addon it was made from.
database_note() {
    sql "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '$1'"
}

note_database() { sql "COMMENT ON DATABASE \"$1\" IS '$2'"; }

# addon_key [FOLDER]...: what decides how a database with the addon, and others on top,
# looks; tests do not.
addon_key() {
    (cd "$ROOT" && base_database &&
        find "$ADDON" "$@" -type f ! -path '*/tests/*' ! -name '*.pyc' -print0 |
        sort -z | xargs -0 sha256sum) | hash_of
}
