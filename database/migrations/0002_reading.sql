-- Indexes that only lists and searches need. Each rises with the UUIDv7, so that an insert touches the last page.

CREATE INDEX orders_by_external_id ON orders (external_id);                     -- searched without naming the store
CREATE INDEX deliveries_by_destination ON deliveries (destination_id, id);
CREATE INDEX deliveries_by_store ON deliveries (connection_id, id);
CREATE INDEX deliveries_rare ON deliveries (state, id) WHERE state IN ('dropped', 'superseded');
