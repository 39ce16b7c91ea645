//! Other rows that an engine writes: collectors' signals, prices, log-ins, market status changes, alerts.

use rand::Rng;
use rand::rngs::StdRng;
use uuid::Uuid;

use super::json::{push_float, push_text};
use super::market::{COINS, Market, pick_coin};
use super::people::{People, random_id};
use super::record::{CollectorSignal, Event};
use super::rows::Rows;
use super::table::Table;
use super::time::{DAY, Instant, MILLISECOND};

/// The collectors, with a headline or measure of each.
const SOURCES: [(&str, &str); 5] = [
    ("news_sentiment", "headline"),
    ("order_book_imbalance", "imbalance"),
    ("funding_rate", "rate"),
    ("social_volume", "mentions"),
    ("whale_watch", "transfer_aud"),
];

const HEADLINES: [&str; 6] = [
    "Exchange inflows fall to a three-month low",
    "Regulator publishes draft custody rules",
    "Network fees double after upgrade – “temporary”, say developers",
    "Large holder moves coins to cold storage",
    "ETF issuer reports record volume in Sydney trading",
    "Mining difficulty set to rise next week",
];

/// A collector's signal.
pub fn collect(at: Instant, rows: &mut Rows, rng: &mut StdRng) {
    let (source, key) = SOURCES[rng.random_range(0..SOURCES.len())];
    let coin = &COINS[pick_coin(rng)];
    let lean: f64 = rng.random_range(-1.0..1.0);
    let kind = match lean {
        lean if lean > 0.25 => "buy",
        lean if lean < -0.25 => "sell",
        _ => "neutral",
    };
    let mut context = format!("{{\"coin\": \"{}\", \"{key}\": ", coin.name);
    match source {
        "news_sentiment" => push_text(
            &mut context,
            HEADLINES[rng.random_range(0..HEADLINES.len())],
        ),
        "social_volume" => context.push_str(&rng.random_range(40..9_000).to_string()),
        "funding_rate" => push_float(&mut context, rounded(lean * 0.0008, 6)),
        "whale_watch" => push_float(&mut context, rounded(lean.abs() * 4e6, 2)),
        _ => push_float(&mut context, rounded(lean, 4)),
    }
    context.push_str(", \"window_minutes\": 15}");
    CollectorSignal {
        kind,
        asset: coin.name,
        strength: rounded(lean.abs(), 4),
        at,
        source,
        context: &context,
    }
    .write(rows);
}

/// The five-minute prices of every coin.
pub fn record_prices(market: &mut Market, at: Instant, rows: &mut Rows, rng: &mut StdRng) {
    for (index, coin) in COINS.iter().enumerate() {
        let quote = market.quote(index, at, rng);
        rows.row(Table::PriceData)
            .text(coin.name)
            .numeric(quote.bid, 8)
            .numeric(quote.ask, 8)
            .numeric(quote.last, 8)
            .instant(at)
            .instant(at + rng.random_range(40..900) * MILLISECOND)
            .end();
    }
}

/// A log-in or another small event of the platform.
pub fn chatter(people: &People, at: Instant, rows: &mut Rows, rng: &mut StdRng) {
    let person = people.pick(rng);
    let address = format!("203.0.113.{}", rng.random_range(1..255));
    let (event_type, severity, details) = match rng.random_range(0..10) {
        0..6 => (
            "USER_LOGIN",
            "info",
            format!("{{\"email\": \"{}\", \"ip\": \"{address}\"}}", person.email),
        ),
        6..8 => (
            "USER_LOGIN_FAILED",
            "warning",
            format!("{{\"email\": \"{}\", \"ip\": \"{address}\"}}", person.email),
        ),
        8 => (
            "API_KEY_ROTATED",
            "info",
            format!("{{\"email\": \"{}\"}}", person.email),
        ),
        _ => (
            "COLLECTOR_LAGGING",
            "warning",
            lagging_details(rng.random_range(60..900)),
        ),
    };
    Event {
        event_type,
        severity,
        details: Some(&details),
        user_id: Some(person.id),
        id: random_id(rng),
        at,
    }
    .write(rows);
}

/// Details of `COLLECTOR_LAGGING`.
pub fn lagging_details(lag_seconds: u32) -> String {
    format!("{{\"source\": \"news_sentiment\", \"lag_seconds\": {lag_seconds}}}")
}

/// The market became volatile or calm.
pub fn market_status(is_volatile: bool, at: Instant, rows: &mut Rows, rng: &mut StdRng) {
    let (from, to) = if is_volatile {
        ("normal", "volatile")
    } else {
        ("volatile", "normal")
    };
    let details = format!("{{\"from\": \"{from}\", \"to\": \"{to}\", \"source\": \"redis\"}}");
    Event {
        event_type: "MARKET_STATUS_CHANGED",
        severity: if is_volatile { "warning" } else { "info" },
        details: Some(&details),
        user_id: None,
        id: random_id(rng),
        at,
    }
    .write(rows);
}

/// Ids of the rows of `alert_rule`.
pub struct AlertRules {
    kill_switch: Uuid,
    daily_loss: Uuid,
}

/// Kind of alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alert {
    /// A kill switch changed.
    KillSwitch,
    /// The daily loss limit rejected a trade.
    DailyLoss,
}

impl AlertRules {
    /// Deterministic for a generator state.
    pub fn new(rng: &mut StdRng) -> Self {
        Self {
            kill_switch: random_id(rng),
            daily_loss: random_id(rng),
        }
    }

    /// Writes the rules, made before the history starts.
    pub fn write(&self, start: Instant, rows: &mut Rows) {
        let created = start + -20 * DAY;
        for (id, name, alert_type, severity) in [
            (
                self.kill_switch,
                "Kill switch changed",
                "kill_switch",
                "critical",
            ),
            (
                self.daily_loss,
                "Daily loss limit hit",
                "daily_loss",
                "warning",
            ),
        ] {
            rows.row(Table::AlertRule)
                .text(name)
                .text(alert_type)
                .text(severity)
                .text("[\"slack\", \"email\"]")
                .text("[\"risk@demo.local\"]")
                .integer(15)
                .boolean(true)
                .uuid(id)
                .instant(created)
                .instant(created)
                .end();
        }
    }

    /// Dispatches an alert: a row of `alert_log` and an event. One in eight fails.
    pub fn dispatch(
        &self,
        alert: Alert,
        message: &str,
        at: Instant,
        rows: &mut Rows,
        rng: &mut StdRng,
    ) {
        let (rule, alert_type, severity) = match alert {
            Alert::KillSwitch => (self.kill_switch, "kill_switch", "critical"),
            Alert::DailyLoss => (self.daily_loss, "daily_loss", "warning"),
        };
        let failed = rng.random_bool(0.125);
        let at = at + rng.random_range(200..2_400) * MILLISECOND;
        let mut payload = String::from("{\"message\": ");
        push_text(&mut payload, message);
        payload.push('}');
        rows.row(Table::AlertLog)
            .text(alert_type)
            .text(severity)
            .text(&payload)
            .text("[\"slack\", \"email\"]")
            .boolean(!failed)
            .optional_text(failed.then_some("slack: webhook answered 502"))
            .uuid(random_id(rng))
            .uuid(rule)
            .instant(at)
            .end();
        let details = format!(
            "{{\"alert_type\": \"{alert_type}\", \"rule_id\": \"{rule}\", \"success\": {}}}",
            !failed
        );
        Event {
            event_type: "ALERT_DISPATCHED",
            severity: if failed { "warning" } else { "info" },
            details: Some(&details),
            user_id: None,
            id: random_id(rng),
            at: at + 3 * MILLISECOND,
        }
        .write(rows);
    }
}

/// `value` rounded to so many digits after the point.
pub fn rounded(value: f64, digits: i32) -> f64 {
    let scale = 10_f64.powi(digits);
    (value * scale).round() / scale
}
