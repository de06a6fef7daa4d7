-- Who cancelled the order here: while it is cancelled, the shop's newer documents do not reopen it. Null where the shop cancelled it, and after a person restored it.
ALTER TABLE orders ADD COLUMN cancelled_by text;
