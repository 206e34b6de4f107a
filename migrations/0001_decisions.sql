-- One row a request. Columns are what is filtered, sorted or summed; `detail` is the whole record as JSON.
CREATE TABLE decisions (
  id TEXT PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  key_name TEXT NOT NULL,
  status INTEGER NOT NULL,
  reason TEXT NOT NULL,
  task TEXT,
  pool TEXT,
  model TEXT,
  backend TEXT,
  stream INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  input_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  cost_nano_usd INTEGER NOT NULL,
  baseline_nano_usd INTEGER,
  ttft_ms REAL,
  total_ms REAL NOT NULL,
  fit TEXT,
  detail TEXT NOT NULL
);
CREATE INDEX decisions_by_time ON decisions (at_ms DESC, id DESC);
CREATE INDEX decisions_by_pool ON decisions (pool, at_ms DESC);
CREATE INDEX decisions_by_task ON decisions (task, at_ms DESC);

-- Messages (JSON arrays of records) that the log could not take after every retry, kept as they were.
CREATE TABLE dead_decisions (
  id TEXT PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  body TEXT NOT NULL
);
