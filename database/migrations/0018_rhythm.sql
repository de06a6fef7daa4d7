-- How many orders a store usually gets, to notice when it falls silent.

-- New orders per store and hour of placing; written with the other statistics, kept for thirteen weeks.
CREATE TABLE store_hours (
    connection_id   int NOT NULL,
    hour            timestamptz NOT NULL,
    orders          int NOT NULL,
    PRIMARY KEY (connection_id, hour)
);

-- What was learned of it. One row per store that ever sold.
CREATE TABLE store_rhythms (
    connection_id   int PRIMARY KEY,
    last_order_at   timestamptz,                       -- when the hub last heard of a new order that was placed within two days
    learned_at      timestamptz,
    zone            text,                              -- whose week it is: a name of the time zone database
    hourly          double precision[],                -- orders an hour, by hour of the week from Monday 0:00
    spread          double precision,                  -- squared coefficient of variation of a day's orders, beyond chance
    orders          bigint,                            -- that it was learned from
    days            double precision,
    quiet_from      timestamptz                        -- its last order before the silence that was told; null when it is not silent
) WITH (fillfactor = 70);

-- When all are looked at next, and by whom not; one row.
CREATE TABLE rhythm_watch (
    id              smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    next_at         timestamptz NOT NULL DEFAULT '-infinity',
    common_from     timestamptz,                       -- since when many stores together are silent; null when they are not
    common_until    timestamptz                        -- when they last ceased to be: nobody's silence is counted from before
);
INSERT INTO rhythm_watch DEFAULT VALUES;

-- What the hub knows already. Once, by a look at all orders; afterwards nothing but these small tables is read.
INSERT INTO store_hours (connection_id, hour, orders)
SELECT connection_id, date_trunc('hour', coalesce(placed_at, created_at), 'UTC'), count(*) FROM orders
WHERE coalesce(placed_at, created_at) BETWEEN now() - interval '56 days' AND now()
GROUP BY 1, 2;
INSERT INTO store_rhythms (connection_id, last_order_at)
SELECT connection_id, max(created_at) FROM orders WHERE NOT is_history GROUP BY 1;
