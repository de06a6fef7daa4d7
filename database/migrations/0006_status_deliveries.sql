-- A shop is told how its own order is getting on: a delivery whose destination is the store itself.
ALTER TABLE deliveries DROP CONSTRAINT deliveries_kind_check;
ALTER TABLE deliveries ADD CONSTRAINT deliveries_kind_check CHECK (kind IN ('create', 'update', 'cancel', 'status'));
