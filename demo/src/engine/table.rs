//! The engine's tables as the loader sees them: names and the columns that are written.

/// A table that the demo engine writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Table {
    /// Accounts.
    User,
    /// Definitions of algorithms.
    Algorithms,
    /// Each user's deployments of them.
    DeployedAlgorithms,
    /// Approvals to move an algorithm on.
    StrategyPromotions,
    /// Dynamic limits.
    RiskRule,
    /// Who is alerted to what.
    AlertRule,
    /// Current settings, the kill switch among them.
    SystemSetting,
    /// What is held.
    Positions,
    /// Decisions of the agents.
    TradeAudit,
    /// The event stream.
    AuditLog,
    /// What was sent to the exchange.
    Orders,
    /// Signals of the data collectors.
    Signal,
    /// Prices, a row every five minutes and coin.
    PriceData,
    /// Alerts that were dispatched.
    AlertLog,
}

impl Table {
    /// Every table, in the order in which foreign keys allow them to be written.
    pub const ALL: [Self; 14] = [
        Self::User,
        Self::Algorithms,
        Self::DeployedAlgorithms,
        Self::StrategyPromotions,
        Self::RiskRule,
        Self::AlertRule,
        Self::SystemSetting,
        Self::Positions,
        Self::TradeAudit,
        Self::AuditLog,
        Self::Orders,
        Self::Signal,
        Self::PriceData,
        Self::AlertLog,
    ];

    /// Its name in SQL, quoted where that is needed.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "\"user\"",
            Self::Algorithms => "algorithms",
            Self::DeployedAlgorithms => "deployed_algorithms",
            Self::StrategyPromotions => "strategy_promotions",
            Self::RiskRule => "risk_rule",
            Self::AlertRule => "alert_rule",
            Self::SystemSetting => "system_setting",
            Self::Positions => "positions",
            Self::TradeAudit => "trade_audit",
            Self::AuditLog => "audit_log",
            Self::Orders => "orders",
            Self::Signal => "signal",
            Self::PriceData => "price_data_5min",
            Self::AlertLog => "alert_log",
        }
    }

    /// The columns in the order in which they are written. Serial ids are left to their sequence.
    #[must_use]
    pub fn columns(self) -> &'static str {
        match self {
            Self::User => {
                "email, is_active, is_superuser, full_name, id, hashed_password, created_at, updated_at, timezone, \
                 preferred_currency, risk_tolerance, trading_experience"
            }
            Self::Algorithms => {
                "id, name, description, algorithm_type, version, status, configuration_json, \
                 default_execution_frequency, default_position_limit, performance_metrics_json, created_by, created_at, \
                 updated_at, last_executed_at"
            }
            Self::DeployedAlgorithms => {
                "id, user_id, algorithm_id, deployment_name, is_active, execution_frequency, position_limit, \
                 daily_loss_limit, parameters_json, created_at, updated_at, activated_at, deactivated_at, \
                 last_executed_at, total_profit_loss, total_trades"
            }
            Self::StrategyPromotions => {
                "algorithm_id, from_environment, to_environment, status, promotion_notes, performance_snapshot_json, \
                 id, created_by, created_at, updated_at, reviewed_at, reviewed_by, rejection_reason"
            }
            Self::RiskRule => {
                "name, description, rule_type, value, is_active, id, created_at, updated_at"
            }
            Self::AlertRule => {
                "name, alert_type, min_severity, channels, recipients, cooldown_minutes, enabled, id, created_at, \
                 updated_at"
            }
            Self::SystemSetting => "key, value, description, updated_at",
            Self::Positions => {
                "id, user_id, coin_type, quantity, average_price, total_cost, created_at, updated_at"
            }
            Self::TradeAudit => {
                "agent_id, decision, reason, confidence_score, asset, price_at_decision, is_executed, \
                 execution_order_id, block_reason, id, \"timestamp\""
            }
            Self::AuditLog => "event_type, severity, details, user_id, id, \"timestamp\"",
            Self::Orders => {
                "id, user_id, algorithm_id, coin_type, side, order_type, quantity, price, filled_quantity, status, \
                 error_message, coinspot_order_id, created_at, updated_at, submitted_at, filled_at"
            }
            Self::Signal => "type, asset, strength, generated_at, source, context",
            Self::PriceData => "coin_type, bid, ask, last, \"timestamp\", created_at",
            Self::AlertLog => {
                "alert_type, severity, payload, channels_dispatched, success, error_message, id, rule_id, created_at"
            }
        }
    }
}
