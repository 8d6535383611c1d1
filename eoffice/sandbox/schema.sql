-- Everything the sandbox remembers. Times are milliseconds since 1970 UTC.
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS podmiot (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, short_name TEXT NOT NULL, name TEXT NOT NULL,
  nip TEXT, pesel TEXT, regon TEXT, consent INTEGER NOT NULL DEFAULT 1);
CREATE TABLE IF NOT EXISTS system (
  name TEXT PRIMARY KEY, podmiot TEXT NOT NULL REFERENCES podmiot, acts_for TEXT NOT NULL, roles TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS certificate (
  fingerprint TEXT PRIMARY KEY, system TEXT NOT NULL REFERENCES system, pem TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS box (
  address TEXT PRIMARY KEY, name TEXT NOT NULL, podmiot TEXT NOT NULL REFERENCES podmiot,
  upp TEXT NOT NULL DEFAULT 'answer', signature_required INTEGER NOT NULL DEFAULT 0,
  templates TEXT NOT NULL DEFAULT '[]', collect TEXT NOT NULL DEFAULT 'auto',
  collect_after_ms INTEGER NOT NULL DEFAULT 1000);
CREATE TABLE IF NOT EXISTS document (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, type TEXT NOT NULL, content BLOB NOT NULL,
  sha1 TEXT NOT NULL, sha256 TEXT NOT NULL, created_at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS queued (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, box TEXT NOT NULL REFERENCES box, document INTEGER NOT NULL REFERENCES document,
  sha1 TEXT NOT NULL, podmiot TEXT NOT NULL, login TEXT, system TEXT, sent_at INTEGER NOT NULL, reply_to TEXT,
  test INTEGER NOT NULL DEFAULT 0, extra BLOB NOT NULL, served INTEGER NOT NULL DEFAULT 0, confirmed_at INTEGER);
CREATE INDEX IF NOT EXISTS queued_waiting ON queued (box, seq) WHERE confirmed_at IS NULL;
CREATE INDEX IF NOT EXISTS queued_digest ON queued (box, sha1);
CREATE TABLE IF NOT EXISTS stored (
  document INTEGER PRIMARY KEY REFERENCES document, podmiot TEXT NOT NULL, folder TEXT NOT NULL, name TEXT NOT NULL,
  operation TEXT, system TEXT, recipient TEXT, reply_to TEXT, mark TEXT, sent_at INTEGER, upp INTEGER);
CREATE INDEX IF NOT EXISTS stored_folder ON stored (podmiot, folder, document);
CREATE TABLE IF NOT EXISTS delivery (
  id INTEGER PRIMARY KEY AUTOINCREMENT, document INTEGER NOT NULL REFERENCES document, box TEXT NOT NULL REFERENCES box,
  podmiot TEXT NOT NULL, system TEXT, reply_to TEXT NOT NULL, document_mark TEXT NOT NULL, case_mark TEXT NOT NULL,
  extra BLOB NOT NULL, arrived_at INTEGER NOT NULL, lapses_at INTEGER NOT NULL, collect_at INTEGER,
  state TEXT NOT NULL DEFAULT 'waiting', settled_at INTEGER, upd INTEGER);
CREATE INDEX IF NOT EXISTS delivery_waiting ON delivery (collect_at, lapses_at) WHERE state = 'waiting';
CREATE TABLE IF NOT EXISTS file (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, mime TEXT NOT NULL, encoding TEXT, content BLOB NOT NULL, owner TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS file_taken (file TEXT NOT NULL REFERENCES file, podmiot TEXT NOT NULL, PRIMARY KEY (file, podmiot));
CREATE TABLE IF NOT EXISTS misbehaviour (
  id INTEGER PRIMARY KEY AUTOINCREMENT, operation TEXT NOT NULL, kind TEXT NOT NULL, remaining INTEGER NOT NULL, params TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS signing (
  token TEXT PRIMARY KEY, system TEXT NOT NULL, content BLOB NOT NULL, success_url TEXT NOT NULL, failure_url TEXT NOT NULL,
  info TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'open', signed BLOB);
