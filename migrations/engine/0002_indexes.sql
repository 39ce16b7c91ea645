-- Primary keys, unique constraints, indexes and foreign keys of the engine's tables, under the engine's own names.
-- One statement a line: the bulk load runs them side by side, the foreign keys last.
-- Left out: algorithms.artifact_id REFERENCES agent_artifacts(id), because that table is no part of what the console knows.

ALTER TABLE alembic_version ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE "user" ADD CONSTRAINT user_pkey PRIMARY KEY (id);
CREATE UNIQUE INDEX ix_user_email ON "user" (email);

ALTER TABLE audit_log ADD CONSTRAINT audit_log_pkey PRIMARY KEY (id);
ALTER TABLE trade_audit ADD CONSTRAINT trade_audit_pkey PRIMARY KEY (id);
CREATE INDEX ix_audit_log_event_type ON audit_log (event_type);
CREATE INDEX ix_trade_audit_agent_id ON trade_audit (agent_id);
CREATE INDEX ix_audit_log_timestamp ON audit_log ("timestamp");
CREATE INDEX ix_trade_audit_asset ON trade_audit (asset);
CREATE INDEX ix_trade_audit_timestamp ON trade_audit ("timestamp");

ALTER TABLE system_setting ADD CONSTRAINT system_setting_pkey PRIMARY KEY (key);

ALTER TABLE orders ADD CONSTRAINT orders_pkey PRIMARY KEY (id);
ALTER TABLE price_data_5min ADD CONSTRAINT price_data_5min_new_pkey PRIMARY KEY (id);
CREATE INDEX idx_order_created ON orders (created_at);
CREATE INDEX ix_price_data_5min_coin_timestamp ON price_data_5min (coin_type, "timestamp");
CREATE INDEX idx_order_user_status ON orders (user_id, status);
CREATE INDEX ix_price_data_5min_coin_type ON price_data_5min (coin_type);
CREATE INDEX ix_orders_algorithm_id ON orders (algorithm_id);
CREATE INDEX ix_price_data_5min_timestamp ON price_data_5min ("timestamp");
CREATE INDEX ix_orders_coin_type ON orders (coin_type);
ALTER TABLE price_data_5min ADD CONSTRAINT uq_price_data_5min_coin_timestamp UNIQUE (coin_type, "timestamp");
CREATE INDEX ix_orders_coinspot_order_id ON orders (coinspot_order_id);
CREATE INDEX ix_orders_created_at ON orders (created_at);
CREATE INDEX ix_orders_status ON orders (status);
CREATE INDEX ix_orders_user_id ON orders (user_id);

ALTER TABLE positions ADD CONSTRAINT positions_pkey PRIMARY KEY (id);
CREATE UNIQUE INDEX idx_position_user_coin ON positions (user_id, coin_type);
CREATE INDEX ix_positions_coin_type ON positions (coin_type);
CREATE INDEX ix_positions_user_id ON positions (user_id);

ALTER TABLE algorithms ADD CONSTRAINT algorithms_pkey PRIMARY KEY (id);
CREATE INDEX idx_algorithm_created_by ON algorithms (created_by);
CREATE INDEX idx_algorithm_status ON algorithms (status);
CREATE INDEX ix_algorithms_created_by ON algorithms (created_by);
CREATE INDEX ix_algorithms_status ON algorithms (status);

ALTER TABLE deployed_algorithms ADD CONSTRAINT deployed_algorithms_pkey PRIMARY KEY (id);
CREATE INDEX idx_deployed_algorithm_algorithm ON deployed_algorithms (algorithm_id);
CREATE INDEX idx_deployed_algorithm_user_active ON deployed_algorithms (user_id, is_active);
CREATE INDEX ix_deployed_algorithms_algorithm_id ON deployed_algorithms (algorithm_id);
CREATE INDEX ix_deployed_algorithms_is_active ON deployed_algorithms (is_active);
CREATE INDEX ix_deployed_algorithms_user_id ON deployed_algorithms (user_id);

ALTER TABLE strategy_promotions ADD CONSTRAINT strategy_promotions_pkey PRIMARY KEY (id);
CREATE INDEX ix_strategy_promotions_algorithm_id ON strategy_promotions (algorithm_id);
CREATE INDEX ix_strategy_promotions_created_by ON strategy_promotions (created_by);
CREATE INDEX ix_strategy_promotions_status ON strategy_promotions (status);

ALTER TABLE signal ADD CONSTRAINT signal_pkey PRIMARY KEY (id);
CREATE INDEX ix_signal_asset ON signal (asset);
CREATE INDEX ix_signal_generated_at ON signal (generated_at);

ALTER TABLE risk_rule ADD CONSTRAINT risk_rule_pkey PRIMARY KEY (id);
CREATE INDEX ix_risk_rule_name ON risk_rule (name);
CREATE INDEX ix_risk_rule_rule_type ON risk_rule (rule_type);

ALTER TABLE alert_rule ADD CONSTRAINT alert_rule_pkey PRIMARY KEY (id);
ALTER TABLE alert_log ADD CONSTRAINT alert_log_pkey PRIMARY KEY (id);

ALTER TABLE audit_log ADD CONSTRAINT audit_log_user_id_fkey FOREIGN KEY (user_id) REFERENCES "user" (id);
ALTER TABLE orders ADD CONSTRAINT orders_user_id_fkey FOREIGN KEY (user_id) REFERENCES "user" (id);
ALTER TABLE positions ADD CONSTRAINT positions_user_id_fkey FOREIGN KEY (user_id) REFERENCES "user" (id);
ALTER TABLE algorithms ADD CONSTRAINT algorithms_created_by_fkey FOREIGN KEY (created_by) REFERENCES "user" (id);
ALTER TABLE deployed_algorithms ADD CONSTRAINT deployed_algorithms_algorithm_id_fkey FOREIGN KEY (algorithm_id) REFERENCES algorithms (id);
ALTER TABLE deployed_algorithms ADD CONSTRAINT deployed_algorithms_user_id_fkey FOREIGN KEY (user_id) REFERENCES "user" (id);
ALTER TABLE strategy_promotions ADD CONSTRAINT strategy_promotions_algorithm_id_fkey FOREIGN KEY (algorithm_id) REFERENCES algorithms (id);
ALTER TABLE strategy_promotions ADD CONSTRAINT strategy_promotions_created_by_fkey FOREIGN KEY (created_by) REFERENCES "user" (id);
ALTER TABLE strategy_promotions ADD CONSTRAINT strategy_promotions_reviewed_by_fkey FOREIGN KEY (reviewed_by) REFERENCES "user" (id);
ALTER TABLE alert_log ADD CONSTRAINT alert_log_rule_id_fkey FOREIGN KEY (rule_id) REFERENCES alert_rule (id);
