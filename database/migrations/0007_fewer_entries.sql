-- Fewer index entries and checks for every order.

-- One index serves both looking an order up by store and external id, and searching an external id without naming the store.
ALTER TABLE orders ADD CONSTRAINT orders_external_id_connection_id_key UNIQUE (external_id, connection_id);
ALTER TABLE orders DROP CONSTRAINT orders_connection_id_external_id_key;
DROP INDEX orders_by_external_id;

-- A connection is never deleted, only marked so; looking it up and locking it for every order cost six microseconds each.
ALTER TABLE orders DROP CONSTRAINT orders_connection_id_fkey;
