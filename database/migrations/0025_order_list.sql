-- Lists and searches of orders stand on narrow tables of their own, so that every sort and filter has what it needs and the hot table of orders gets no index more.
-- A worker fills them, a second behind at most: it follows the timeline, into which every change of an order is written anyway.

CREATE TABLE order_list (
    id              uuid PRIMARY KEY,                  -- the order's
    connection_id   int NOT NULL,
    state           smallint NOT NULL,                 -- as the enumeration counts
    held            boolean NOT NULL,
    payment         smallint NOT NULL,
    fulfilment      smallint NOT NULL,
    placed_at       timestamptz NOT NULL,              -- -infinity where the shop does not say
    total           numeric NOT NULL,
    number_key      text COLLATE "C" NOT NULL,         -- small letters, digits filled up with zeros: 999 stands before 1000
    customer_key    text COLLATE "C" NOT NULL,         -- small letters without accents; empty where unknown
    country         text,
    region          text,
    sent            int[],                             -- destination * 8 + state, of the newest delivery to each destination
    tags            text[]
) WITH (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);
CREATE INDEX order_list_by_store ON order_list (connection_id, id);
CREATE INDEX order_list_by_state ON order_list (state, id);
CREATE INDEX order_list_by_placed ON order_list (placed_at, id);
CREATE INDEX order_list_by_total ON order_list (total, id);
CREATE INDEX order_list_by_number ON order_list (number_key, id);
CREATE INDEX order_list_by_customer ON order_list (customer_key, id);
-- Few values each, so that these hold next to nothing: for what is rare among them.
CREATE INDEX order_list_by_place ON order_list (country, region);
CREATE INDEX order_list_by_payment ON order_list (payment);
CREATE INDEX order_list_by_fulfilment ON order_list (fulfilment);
CREATE INDEX order_list_held ON order_list (id) WHERE held;
CREATE INDEX order_list_sent ON order_list USING gin (sent);
CREATE INDEX order_list_tags ON order_list USING gin (tags) WHERE tags IS NOT NULL;

-- Words by which an order is found: number, ids, names, mails, phones, SKUs, tracking numbers. Changes seldom, so that a change of state does not touch the index.
CREATE TABLE order_search (
    id              uuid PRIMARY KEY,
    words           tsvector NOT NULL
);
CREATE INDEX order_search_words ON order_search USING gin (words) WITH (gin_pending_list_limit = 2048);

-- How far the worker is; one row, whose lease says which node works.
CREATE TABLE order_list_progress (
    id              smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    filled_to       uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',      -- orders that were there before, up to here
    filled_at       timestamptz,                       -- null until all of them are in; lists read the orders themselves until then
    watermark       uuid,                              -- of the timeline: all before it is in
    seen_at         timestamptz,                       -- when the worker last looked
    leased_until    timestamptz,
    leased_by       uuid
);
INSERT INTO order_list_progress DEFAULT VALUES;
