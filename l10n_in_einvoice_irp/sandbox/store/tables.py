"""The tables of the store.

A later version adds tables and never changes one, so that it can open a file of an
earlier version.
"""

SCHEMA = """
CREATE TABLE IF NOT EXISTS stored_value (name TEXT PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS client (
    client_id TEXT PRIMARY KEY, client_secret TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS user (
    gstin TEXT NOT NULL, username TEXT NOT NULL, password TEXT NOT NULL,
    client_id TEXT NOT NULL REFERENCES client, PRIMARY KEY (gstin, username)
);
CREATE TABLE IF NOT EXISTS session (
    gstin TEXT NOT NULL, username TEXT NOT NULL, token TEXT NOT NULL UNIQUE,
    sek BLOB NOT NULL, expires_at TEXT NOT NULL, PRIMARY KEY (gstin, username)
);
CREATE TABLE IF NOT EXISTS taxpayer (gstin TEXT PRIMARY KEY, status TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS taxpayer_details (
    gstin TEXT PRIMARY KEY, details TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS common_portal (
    gstin TEXT PRIMARY KEY, status TEXT NOT NULL, details TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS sync (caller TEXT NOT NULL, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS failure (
    kind TEXT NOT NULL, name TEXT NOT NULL, count INTEGER NOT NULL,
    last_at REAL NOT NULL, PRIMARY KEY (kind, name)
);
CREATE TABLE IF NOT EXISTS registration (
    irn TEXT PRIMARY KEY, seller_gstin TEXT NOT NULL, financial_year TEXT NOT NULL,
    document_type TEXT NOT NULL, number_key TEXT NOT NULL, number TEXT NOT NULL,
    document_date TEXT NOT NULL, requester_gstin TEXT NOT NULL,
    ack_number INTEGER NOT NULL UNIQUE, ack_at TEXT NOT NULL,
    signed_invoice TEXT NOT NULL, signed_qr TEXT NOT NULL, status TEXT NOT NULL,
    cancelled_at TEXT, cancel_reason TEXT, cancel_remark TEXT, ewb_number INTEGER,
    ewb_at TEXT, ewb_valid_till TEXT, ewb_status TEXT, rejected_on TEXT,
    UNIQUE (seller_gstin, financial_year, document_type, number_key)
);
CREATE TABLE IF NOT EXISTS origin (irn TEXT PRIMARY KEY, portal TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS eway_bill (
    number INTEGER PRIMARY KEY, irn TEXT NOT NULL, gstin TEXT NOT NULL,
    generated_at TEXT NOT NULL, valid_till TEXT, status TEXT NOT NULL,
    verified_at TEXT, cancelled_at TEXT, cancel_reason TEXT, cancel_remark TEXT
);
CREATE TABLE IF NOT EXISTS ewb_user (
    gstin TEXT NOT NULL, username TEXT NOT NULL, password TEXT NOT NULL,
    client_id TEXT NOT NULL REFERENCES client, PRIMARY KEY (gstin, username)
);
CREATE TABLE IF NOT EXISTS ewb_session (
    gstin TEXT NOT NULL, username TEXT NOT NULL, token TEXT NOT NULL UNIQUE,
    sek BLOB NOT NULL, expires_at TEXT NOT NULL, PRIMARY KEY (gstin, username)
);
CREATE TABLE IF NOT EXISTS ewb_movement (
    number INTEGER PRIMARY KEY, document_key TEXT NOT NULL, doc_type TEXT NOT NULL,
    doc_no TEXT NOT NULL, from_gstin TEXT NOT NULL, to_gstin TEXT NOT NULL,
    transporter_id TEXT NOT NULL, assigned_at TEXT, distance INTEGER NOT NULL,
    started_at TEXT, extended_times INTEGER NOT NULL, rejected_at TEXT,
    part_a TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS ewb_movement_document ON ewb_movement (document_key);
CREATE TABLE IF NOT EXISTS ewb_part_b (
    id INTEGER PRIMARY KEY, number INTEGER NOT NULL, entered_at TEXT NOT NULL,
    entered_by TEXT NOT NULL, details TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS ewb_group (
    number INTEGER NOT NULL, group_no INTEGER NOT NULL, created_at TEXT NOT NULL,
    details TEXT NOT NULL, PRIMARY KEY (number, group_no)
);
CREATE TABLE IF NOT EXISTS ewb_group_vehicle (
    id INTEGER PRIMARY KEY, number INTEGER NOT NULL, group_no INTEGER NOT NULL,
    vehicle_no TEXT NOT NULL, document_no TEXT NOT NULL, quantity TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS ewb_trip (
    number INTEGER PRIMARY KEY, gstin TEXT NOT NULL, entered_at TEXT NOT NULL,
    status TEXT NOT NULL, details TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS ewb_quota (
    kind TEXT NOT NULL, caller TEXT NOT NULL, first_at REAL NOT NULL,
    count INTEGER NOT NULL, PRIMARY KEY (kind, caller)
);
"""
