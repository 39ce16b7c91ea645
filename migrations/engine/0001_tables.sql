-- The trading engine's tables as its Alembic head s2v6w3x9y4z8 leaves them: columns, types, nullability and defaults.
-- For the demo and the tests alone; a real engine owns and migrates these tables itself.
-- Primary keys, indexes and foreign keys are in 0002_indexes.sql, so that a bulk load runs between the two.

CREATE SEQUENCE signal_id_seq AS integer;
CREATE SEQUENCE price_data_5min_new_id_seq AS integer;

CREATE TABLE alembic_version (
    version_num character varying(32) NOT NULL
);

CREATE TABLE "user" (
    email character varying(255) NOT NULL,
    is_active boolean NOT NULL,
    is_superuser boolean NOT NULL,
    full_name character varying(255),
    id uuid NOT NULL,
    hashed_password character varying NOT NULL,
    created_at timestamp with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at timestamp with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP,
    timezone character varying(50),
    preferred_currency character varying(10),
    risk_tolerance character varying(20),
    trading_experience character varying(20)
);

CREATE TABLE trade_audit (
    agent_id character varying(100) NOT NULL,
    decision character varying(20) NOT NULL,
    reason character varying(1000) NOT NULL,
    confidence_score double precision NOT NULL,
    asset character varying(20) NOT NULL,
    price_at_decision numeric(20, 8),
    is_executed boolean NOT NULL,
    execution_order_id uuid,
    block_reason character varying,
    id uuid NOT NULL,
    "timestamp" timestamp with time zone NOT NULL
);

CREATE TABLE audit_log (
    event_type character varying(100) NOT NULL,
    severity character varying(20) NOT NULL,
    details json,
    user_id uuid,
    id uuid NOT NULL,
    "timestamp" timestamp with time zone NOT NULL
);

CREATE TABLE system_setting (
    key character varying(100) NOT NULL,
    value json,
    description character varying,
    updated_at timestamp with time zone NOT NULL
);

CREATE TABLE orders (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    algorithm_id uuid,
    coin_type character varying(20) NOT NULL,
    side character varying(10) NOT NULL,
    order_type character varying(20) NOT NULL,
    quantity numeric(20, 10) NOT NULL,
    price numeric(20, 8),
    filled_quantity numeric(20, 10) NOT NULL,
    status character varying(20) NOT NULL,
    error_message character varying(500),
    coinspot_order_id character varying(100),
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    submitted_at timestamp with time zone,
    filled_at timestamp with time zone
);

CREATE TABLE positions (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    coin_type character varying(20) NOT NULL,
    quantity numeric(20, 10) NOT NULL,
    average_price numeric(20, 8) NOT NULL,
    total_cost numeric(20, 2) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL
);

CREATE TABLE algorithms (
    id uuid NOT NULL,
    name character varying(255) NOT NULL,
    description character varying(1000),
    algorithm_type character varying(50) NOT NULL,
    version character varying(50) NOT NULL,
    artifact_id uuid,
    status character varying(20) NOT NULL,
    configuration_json character varying,
    default_execution_frequency integer NOT NULL,
    default_position_limit numeric(20, 2),
    performance_metrics_json character varying,
    created_by uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    last_executed_at timestamp with time zone
);

CREATE TABLE deployed_algorithms (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    algorithm_id uuid NOT NULL,
    deployment_name character varying(255),
    is_active boolean NOT NULL,
    execution_frequency integer NOT NULL,
    position_limit numeric(20, 2),
    daily_loss_limit numeric(20, 2),
    parameters_json character varying,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    activated_at timestamp with time zone,
    deactivated_at timestamp with time zone,
    last_executed_at timestamp with time zone,
    total_profit_loss numeric(20, 2) NOT NULL,
    total_trades integer NOT NULL
);

CREATE TABLE strategy_promotions (
    algorithm_id uuid NOT NULL,
    from_environment character varying(50) NOT NULL,
    to_environment character varying(50) NOT NULL,
    status character varying(20) NOT NULL,
    promotion_notes character varying(1000),
    performance_snapshot_json character varying,
    id uuid NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    reviewed_at timestamp with time zone,
    reviewed_by uuid,
    rejection_reason character varying(1000)
);

CREATE TABLE signal (
    id integer NOT NULL DEFAULT nextval('signal_id_seq'::regclass),
    type character varying(20) NOT NULL,
    asset character varying(20) NOT NULL,
    strength double precision NOT NULL,
    generated_at timestamp with time zone NOT NULL,
    source character varying(100) NOT NULL,
    context json
);
ALTER SEQUENCE signal_id_seq OWNED BY signal.id;

CREATE TABLE risk_rule (
    name character varying(100) NOT NULL,
    description character varying(500),
    rule_type character varying NOT NULL,
    value json,
    is_active boolean NOT NULL,
    id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL
);

CREATE TABLE alert_rule (
    name character varying(100) NOT NULL,
    alert_type character varying(50) NOT NULL,
    min_severity character varying(20) NOT NULL,
    channels json,
    recipients json,
    cooldown_minutes integer NOT NULL,
    enabled boolean NOT NULL,
    id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL
);

CREATE TABLE alert_log (
    alert_type character varying(50) NOT NULL,
    severity character varying(20) NOT NULL,
    payload json,
    channels_dispatched json,
    success boolean NOT NULL,
    error_message character varying,
    id uuid NOT NULL,
    rule_id uuid,
    created_at timestamp with time zone NOT NULL
);

CREATE TABLE price_data_5min (
    id integer NOT NULL DEFAULT nextval('price_data_5min_new_id_seq'::regclass),
    coin_type character varying(20) NOT NULL,
    bid numeric(20, 8),
    ask numeric(20, 8),
    last numeric(20, 8),
    "timestamp" timestamp with time zone NOT NULL,
    created_at timestamp with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP
);
ALTER SEQUENCE price_data_5min_new_id_seq OWNED BY price_data_5min.id;

INSERT INTO alembic_version (version_num) VALUES ('s2v6w3x9y4z8');
