"""Copies one registered invoice as often as wanted, in SQL: a million in minutes.

The copies are spread over a company with branches, each with its GSTIN, over two years
and over the states that a registration may have.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from stdnum import luhn

from odoo.tools import SQL

MOVE, LINE = "account_move", "account_move_line"
TAXES = "account_move_line_account_tax_rel"
DOCUMENT, LOG = "l10n_in_irp_document", "l10n_in_irp_log"
EWAYBILL, TAXPAYER = "l10n_in_irp_ewaybill", "l10n_in_irp_taxpayer"
LINK_INDEX = f"{MOVE}__l10n_in_irp_document_id_index"
TABLES = (MOVE, LINE, TAXES, DOCUMENT, LOG, EWAYBILL, TAXPAYER, "res_partner")
# state codes of the branches' GSTINs; most invoices are the company's own
STATES = [f"{code:02}" for code in range(1, 20)]
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DAYS = 730
INVOICES_PER_BUYER = 50
# every so many invoices is to a consumer, who needs no IRN
CONSUMER = 11
# a plan of the copies, for one transaction
PLAN = """
CREATE TEMPORARY TABLE volume_plan ON COMMIT DROP AS
WITH counted AS (
    SELECT n, %(move)s + n - 1 AS move_id, %(buyer)s + n %% %(buyers)s AS partner_id,
           -- half of them of the first company
           (%(companies)s)[CASE WHEN n %% %(turns)s < %(turns)s / 2 - 1
               THEN n %% %(turns)s + 2 ELSE 1 END] AS company_id,
           CURRENT_DATE - (%(days)s - 1) + (n * (%(days)s - 1) / %(count)s)::integer
               AS day
      FROM generate_series(1, %(count)s::bigint) n
), dated AS (
    SELECT *, EXTRACT(YEAR FROM day - INTERVAL '3 months')::integer %% 100 AS year
      FROM counted
), numbered AS (
    SELECT *, format('V%%s/%%s-%%s/', company_id, year, year + 1) AS prefix,
           row_number() OVER (PARTITION BY company_id, year ORDER BY n) AS number
      FROM dated
)
SELECT *, prefix || to_char(number, 'FM000000') AS name FROM numbered
"""


def copy_invoices(env, invoice: int, count: int, branches: int) -> None:
    """Copy a posted invoice; needs nothing of the addon.

    :param invoice: id of the newest entry of all.
    :param branches: how many branches of its company share half of the copies.
    """
    move = env[MOVE.replace("_", ".")].browse(invoice)
    companies = move.company_id | _branches(env, move.company_id, branches)
    env.flush_all()
    with _bulk(env.cr, MOVE, LINE, TAXES):
        buyers = max(count // INVOICES_PER_BUYER, 1)
        buyer = _copy_buyers(env.cr, move.commercial_partner_id.id, buyers)
        env.cr.execute(
            PLAN,
            {
                "companies": companies.ids,
                "turns": 2 * len(companies),
                "move": _next_id(env.cr, MOVE, count),
                "buyer": buyer,
                "buyers": buyers,
                "count": count,
                "days": DAYS,
            },
        )
        _copy_moves(env.cr, invoice)
        _copy_lines(env.cr, invoice, count)
    env.invalidate_all()


def copy_registration(env, invoice: int) -> None:
    """Register the copies of an invoice as it is registered, most of them.

    The companies register with the production portal from now on.
    """
    move = env["account.move"].browse(invoice)
    _register(env, move.company_id | move.company_id.child_ids)
    env.flush_all()
    with _bulk(env.cr, DOCUMENT, LOG, EWAYBILL, TAXPAYER, MOVE):
        _copy_documents(env.cr, move)
        _copy_log(env.cr, move)
        _make_ewaybills(env.cr)
        _make_taxpayers(env.cr, move)
        env.cr.execute(
            f"UPDATE {MOVE} m SET l10n_in_irp_document_id = d.id"
            f" FROM {DOCUMENT} d WHERE d.move_id = m.id AND m.id > %s",
            (invoice,),
        )
    env.invalidate_all()


def vacuum(env, *, whole: bool = False) -> None:
    """Update PostgreSQL's statistics, as its autovacuum does in time.

    :param whole: remove the dead rows that the bulk copy has left, too.
    """
    env.cr.commit()
    with env.registry.cursor() as cr:
        # VACUUM runs in no transaction
        cr._cnx.autocommit = True
        if whole:
            cr.execute(f"VACUUM FULL {MOVE}")
        for table in TABLES:
            if _columns(cr, table):
                cr.execute(SQL("VACUUM ANALYZE %s", SQL.identifier(table)))


# --- Companies -----------------------------------------------------------------------


def _branches(env, company, count: int):
    pan = company.vat[2:12]
    bodies = [f"{code}{pan}1Z" for code in STATES[:count]]
    return env["res.company"].create(
        [
            {
                "name": f"{company.name} ({body[:2]})",
                "parent_id": company.id,
                "country_id": company.country_id.id,
                "vat": body + luhn.calc_check_digit(body, ALPHABET),
                "l10n_in_is_gst_registered": True,
            }
            for body in bodies
        ]
    )


def _register(env, companies) -> None:
    companies.write({"l10n_in_irp_enabled": True, "l10n_in_irp_turnover": "100"})
    env.flush_all()
    # without the credentials that production needs
    env.cr.execute(
        "UPDATE res_company SET l10n_in_irp_environment = 'production',"
        " l10n_in_irp_register_from = CURRENT_DATE - 700 WHERE id = ANY(%s)",
        (companies.ids,),
    )
    env.invalidate_all()


# --- Rows ----------------------------------------------------------------------------


def _copy_buyers(cr, buyer: int, count: int) -> int:
    first = _next_id(cr, "res_partner", count)
    letter, digits = "chr(65 + n / 10000)", "to_char(n % 10000, 'FM0000')"
    gstin = f"format('27ZZZC%s%sA1Z0', {letter}, {digits})"
    _copy(
        cr,
        "res_partner",
        f"generate_series(0, {count - 1}) n",
        f"s.id = {buyer}",
        id=f"{first} + n",
        commercial_partner_id=f"{first} + n",
        name="s.name || ' ' || n",
        complete_name="s.name || ' ' || n",
        vat=gstin,
    )
    return first


def _copy_moves(cr, invoice: int) -> None:
    _copy(
        cr,
        MOVE,
        "volume_plan p",
        f"s.id = {invoice}",
        id="p.move_id",
        name="p.name",
        payment_reference="p.name",
        sequence_prefix="p.prefix",
        sequence_number="p.number",
        company_id="p.company_id",
        partner_id="p.partner_id",
        commercial_partner_id="p.partner_id",
        partner_shipping_id="p.partner_id",
        date="p.day",
        invoice_date="p.day",
        invoice_date_due="p.day + 30",
        create_date="p.day::timestamp",
        access_token="NULL",
        l10n_in_irp_document_id="NULL",
        l10n_in_gst_treatment=_if_consumer("'consumer'", "s.l10n_in_gst_treatment"),
    )


def _copy_lines(cr, invoice: int, count: int) -> None:
    cr.execute(f"SELECT array_agg(id) FROM {LINE} WHERE move_id = {invoice}")
    [lines] = cr.fetchone()
    first = _next_id(cr, LINE, count * len(lines))
    place = f"array_position(ARRAY{lines}, {{}})"
    new = f"{first} + (p.n - 1) * {len(lines)} + {place} - 1"
    _copy(
        cr,
        LINE,
        "volume_plan p",
        f"s.move_id = {invoice}",
        id=new.format("s.id"),
        move_id="p.move_id",
        move_name="p.name",
        company_id="p.company_id",
        partner_id="p.partner_id",
        date="p.day",
        invoice_date="p.day",
        date_maturity="CASE WHEN s.date_maturity IS NOT NULL THEN p.day + 30 END",
        l10n_in_gstr_section=_if_consumer("'sale_b2cs'", "s.l10n_in_gstr_section"),
    )
    _copy(
        cr,
        TAXES,
        "volume_plan p",
        f"s.account_move_line_id = ANY(ARRAY{lines})",
        account_move_line_id=new.format("s.account_move_line_id"),
    )


def _if_consumer(then: str, otherwise: str) -> str:
    return f"CASE WHEN p.n % {CONSUMER} = 0 THEN {then} ELSE {otherwise} END"


def _copy_documents(cr, move) -> None:
    """Copy the registration for each copied invoice that has one.

    The newest are queued; every thousandth of the others was never registered.
    """
    source = move.l10n_in_irp_document_id
    cr.execute(f"SELECT max(id) FROM {MOVE}")
    [last] = cr.fetchone()
    first, count = _next_id(cr, DOCUMENT, last - move.id), last - move.id
    has_irn = "r.state IN ('registered', 'cancelled', 'cancelling')"
    acked = f"CASE WHEN {has_irn} THEN m.invoice_date + INTERVAL '10 hours'"
    acked += " + (r.n % 36000) * INTERVAL '1 second' END"
    queued = "r.state IN ('to_register', 'unknown')"
    _copy(
        cr,
        DOCUMENT,
        f"""{MOVE} m
          JOIN res_company c ON c.id = m.company_id
          JOIN res_partner own ON own.id = c.partner_id
         CROSS JOIN LATERAL (SELECT m.id - {move.id} AS n) o
         CROSS JOIN LATERAL (SELECT o.n, CASE
               WHEN o.n > {int(count * 0.98)} THEN 'to_register'
               WHEN o.n % 1000 < 15 THEN 'cancelled'
               WHEN o.n % 1000 < 18 THEN 'rejected'
               WHEN o.n % 20000 = 19 THEN 'conflict'
               WHEN o.n % 20000 = 39 THEN 'unclear'
               WHEN o.n % 20000 = 59 THEN 'cancelling'
               WHEN o.n % 20000 = 79 THEN 'unknown'
               ELSE 'registered' END AS state) r""",
        f"""s.id = {source.id} AND m.id > {move.id}
         AND m.l10n_in_gst_treatment != 'consumer' AND r.n % 1000 != 500""",
        id=f"{first} + r.n - 1",
        move_id="m.id",
        company_id="m.company_id",
        # old tests, which count no more
        environment=f"CASE WHEN r.n < {count // 200} THEN 'sandbox'"
        " ELSE 'production' END",
        gstin="own.vat",
        fiscal_year="'20' || split_part(m.name, '/', 2)",
        number="m.name",
        number_key="m.name",
        state="r.state",
        irn=f"CASE WHEN {has_irn} THEN encode(sha256(m.name::bytea), 'hex') END",
        ack_number=f"CASE WHEN {has_irn} THEN (112410000000000 + r.n)::varchar END",
        ack_date=acked,
        received_at=acked,
        create_date="m.invoice_date + INTERVAL '9 hours'",
        sent_at="CASE WHEN r.state = 'to_register' OR r.n % 1000 = 17 THEN NULL"
        " ELSE m.invoice_date + INTERVAL '9 hours' END",
        next_attempt_at=f"CASE WHEN {queued} THEN"
        " LOCALTIMESTAMP - INTERVAL '1 hour' + (r.n % 3000) * INTERVAL '1 second' END",
        signature_state="CASE WHEN r.state NOT IN ('registered', 'cancelled') THEN NULL"
        " WHEN r.n % 10000 = 88 THEN 'unchecked' ELSE 'verified' END",
        settled_as="CASE WHEN r.n % 20000 = 77 THEN 'active' END",
        cancel_notice="CASE WHEN r.n % 50000 = 99 THEN 'late' END",
        worker="0",
    )


def _copy_log(cr, move) -> None:
    """Copy the call that registered the invoice; some of the copies failed.

    All days but the last ones are sealed.
    """
    cr.execute(
        "INSERT INTO l10n_in_irp_seal (company_id, kind, day, seal_hash)"
        f" SELECT company_id, 'evidence', CURRENT_DATE - 2, '' FROM {DOCUMENT}"
        " GROUP BY company_id"
    )
    cr.execute(
        f"SELECT id FROM {LOG} WHERE document_id = %s AND endpoint = 'generate_irn'",
        (move.l10n_in_irp_document_id.id,),
    )
    [source] = cr.fetchone()
    _copy(
        cr,
        LOG,
        f"{DOCUMENT} d JOIN l10n_in_irp_seal seal ON seal.company_id = d.company_id",
        f"s.id = {source} AND d.move_id > {move.id} AND d.state != 'to_register'",
        id="nextval('l10n_in_irp_log_id_seq')",
        document_id="d.id",
        company_id="d.company_id",
        number="d.number",
        gstin="d.gstin",
        environment="d.environment",
        called_at="COALESCE(d.ack_date, d.create_date)",
        create_date="COALESCE(d.ack_date, d.create_date)",
        seal_id="CASE WHEN d.create_date < CURRENT_DATE - 1 THEN seal.id END",
        outcome="CASE WHEN d.id % 50 = 0 THEN 'rejected' ELSE 'ok' END",
        code="CASE WHEN d.id % 50 = 0 THEN '2172' ELSE s.code END",
    )


def _make_ewaybills(cr) -> None:
    """Give every fifth registered invoice an e-way bill; some wait for theirs."""
    cr.execute(
        f"INSERT INTO {EWAYBILL} (basis, move_id, company_id, environment, state,"
        " worker, number, ewb_date, valid_until, next_attempt_at, create_date)"
        " SELECT 'irn', d.move_id, d.company_id, d.environment, w.state, 0,"
        "  CASE w.state WHEN 'registered' THEN (321000000000 + d.id)::varchar END,"
        "  d.ack_date, d.ack_date + INTERVAL '2 days',"
        "  CASE w.state WHEN 'to_register' THEN LOCALTIMESTAMP END, d.ack_date"
        f" FROM {DOCUMENT} d CROSS JOIN LATERAL (SELECT CASE WHEN d.id % 2000 = 5"
        "  THEN 'to_register' ELSE 'registered' END AS state) w"
        " WHERE d.state = 'registered' AND d.id % 5 = 0"
    )


def _make_taxpayers(cr, move) -> None:
    """Make records of the buyers' GSTINs, and log the look-ups that brought them."""
    cr.execute(
        f"INSERT INTO {TAXPAYER} (company_id, environment, gstin, asked_at, source,"
        "  is_found, status, taxpayer_type, standing, create_date)"
        " SELECT %(company)s, 'production', p.vat, asked.at, 'get', TRUE, 'ACT', 'REG',"
        "  'active', asked.at"
        " FROM res_partner p CROSS JOIN LATERAL (SELECT LOCALTIMESTAMP"
        "  - (p.id %% 60) * INTERVAL '1 day' AS at) asked WHERE p.id > %(buyer)s"
        "  AND p.vat LIKE '27ZZZ%%'",
        {"company": move.company_id.id, "buyer": move.commercial_partner_id.id},
    )
    cr.execute(
        f"INSERT INTO {LOG} (company_id, environment, gstin, endpoint, called_at,"
        "  create_date, outcome, http_status, milliseconds, asked_gstin, url)"
        " SELECT company_id, environment, %s, 'get_gstin', asked_at, asked_at, 'ok',"
        f"  200, 250, gstin, 'https://einvoice1.gst.gov.in/' FROM {TAXPAYER}",
        (move.company_id.vat,),
    )


# --- In bulk -------------------------------------------------------------------------


@contextmanager
def _bulk(cr, *tables: str) -> Iterator[None]:
    """Make the indexes of tables afterwards, and check no foreign keys.

    Indexes that make rows unique stay.
    """
    cr.execute(
        "SELECT c.relname, pg_get_indexdef(c.oid), obj_description(c.oid, 'pg_class')"
        "  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
        "  JOIN pg_class t ON t.oid = i.indrelid"
        " WHERE t.relname = ANY(%s) AND NOT i.indisunique",
        (list(tables),),
    )
    # of the column that is written: PostgreSQL cannot use an index at once that was
    # made after changes which no other index shows
    indexes = [row for row in cr.fetchall() if row[0] != LINK_INDEX]
    for name, _definition, _comment in indexes:
        cr.execute(SQL("DROP INDEX %s", SQL.identifier(name)))
    cr.execute("SET LOCAL maintenance_work_mem = '512MB'")
    cr.execute("SELECT usesuper FROM pg_user WHERE usename = CURRENT_USER")
    [is_superuser] = cr.fetchone()
    if is_superuser:
        cr.execute("SET LOCAL session_replication_role = replica")
    yield
    if is_superuser:
        cr.execute("SET LOCAL session_replication_role = origin")
    for name, definition, comment in indexes:
        cr.execute(definition)
        if comment:
            # Odoo makes an index again whose definition is another
            cr.execute(SQL("COMMENT ON INDEX %s IS %s", SQL.identifier(name), comment))


def _copy(cr, table: str, plan: str, condition: str, **changed: str) -> None:
    """Insert copies of the rows `s` of a table, one for each row of a plan.

    :param plan: SQL after FROM; ``condition`` that after WHERE, which chooses `s`.
    :param changed: column -> SQL of its value; a column that is missing is left out.
    """
    columns = _columns(cr, table)
    values = {name: changed.get(name, f's."{name}"') for name in columns}
    names = ", ".join(f'"{name}"' for name in values)
    cr.execute(
        f"INSERT INTO {table} ({names}) SELECT {', '.join(values.values())}"
        f" FROM {plan} CROSS JOIN {table} s WHERE {condition}"
    )


def _columns(cr, table: str) -> list[str]:
    cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
        " AND is_generated = 'NEVER'",
        (table,),
    )
    return [name for (name,) in cr.fetchall()]


def _next_id(cr, table: str, count: int) -> int:
    """Reserve ids; return the first."""
    cr.execute(SQL("SELECT nextval(%s)", f"{table}_id_seq"))
    [first] = cr.fetchone()
    cr.execute(SQL("SELECT setval(%s, %s)", f"{table}_id_seq", first + count))
    return first
