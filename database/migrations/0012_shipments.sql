-- What a destination says of an order that it has: its id, how far it is, its tracking. One row per order and destination, and only where the destination says any of it.
CREATE TABLE shipments (
    order_id        uuid NOT NULL,
    destination_id  int NOT NULL,
    connection_id   int NOT NULL,                      -- the store
    remote_id       text,                              -- its own id, as far as it is asked for by it; 200 characters at most
    state           text CHECK (state IN ('processing', 'in_shipment', 'delivered', 'cancelled')),      -- what its last word meant; null before it said one
    word            text,                              -- its last word
    said_at         timestamptz,                       -- when that was, by its own clock where it says
    event_id        uuid,                              -- the event that said so
    carrier         text,
    tracking_number text,
    tracking_url    text,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    PRIMARY KEY (order_id, destination_id)
) WITH (fillfactor = 85);
CREATE INDEX shipments_by_remote_id ON shipments (destination_id, remote_id) WHERE remote_id IS NOT NULL;
