-- A delivery that was not done when the backup was made, or that was planned after the restore for an order placed before it:
-- the destination may have it from between the two. True until it is known, or a person decided; null for all others.
ALTER TABLE deliveries ADD COLUMN restored boolean;
