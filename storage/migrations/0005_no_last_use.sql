-- Nothing ever wrote it: a row written for each token would cost as much as the token's event, which says the same.
ALTER TABLE tessera.client_secrets DROP COLUMN last_used_time;
