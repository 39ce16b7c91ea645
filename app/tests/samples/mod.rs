//! Models in the shapes that the engine really writes, for the tests and the preview.
#![allow(dead_code, reason = "each user takes what it needs")]
#![allow(clippy::unwrap_used, reason = "samples are known to be well-formed")]

use app::model::{
    Assets, DayNumbers, EpisodePage, EpisodeRow, ErrorPage, EventPage, EventsPage, Frame,
    IslandFiles, KillSwitchPage, ListPage, LoginPage, OverviewPage, Person, SignalPage,
    SignalsPage, Theme, TradePage, TradesPage,
};
use chrono_tz::Tz;
use domain::amount::Amount;
use domain::episode::{Effect, History, KillSwitchEvent, derive};
use domain::event::Event;
use domain::filter::{ListQuery, ViewFilter};
use domain::live::{LiveState, RedisState};
use domain::order::{Order, OrderBrief, OrderLink};
use domain::page::{Count, Keyed, Page};
use domain::role::Role;
use domain::signal::{Signal, SignalId};
use domain::time::Timestamp;
use domain::trade::{Decision, TradeDecision, TradeDetail};
use uuid::Uuid;

pub fn at(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).unwrap()
}

pub fn now() -> Timestamp {
    at("2026-11-23T10:42:00.251Z")
}

pub fn uuid(number: u128) -> Uuid {
    // Spread over the whole id, so that their beginnings differ.
    Uuid::from_u128(number.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835))
}

pub fn redis(emergency_stop: bool) -> RedisState {
    RedisState::Known {
        emergency_stop,
        volatile: true,
        initial_equity: Some("100000.00".to_owned()),
    }
}

pub fn frame(here: &str) -> Frame {
    Frame {
        person: Some(Person {
            email: "auditor@demo.local".to_owned(),
            role: Some(Role::Auditor),
        }),
        zone: Tz::Australia__Sydney,
        now: now(),
        theme: Theme::System,
        live: Some(LiveState {
            declared: Some(false),
            redis: redis(false),
        }),
        open_episodes: 1,
        here: here.to_owned(),
        nonce: "n0nce".to_owned(),
        assets: Assets {
            css: "style.css".to_owned(),
            islands: Some(IslandFiles {
                js: "./pkg/audit_console.js".to_owned(),
                wasm: "./pkg/audit_console_bg.wasm".to_owned(),
            }),
        },
    }
}

pub fn amount(text: &str) -> Amount {
    Amount::from_numeric_text(text.to_owned())
}

pub fn brief(status: &str) -> OrderBrief {
    OrderBrief {
        status: status.to_owned(),
        side: "buy".to_owned(),
        quantity: amount("0.0103398700"),
        filled_quantity: amount("0.0000103347"),
        price: Some(amount("1000.50000000")),
        filled_at: Some(at("2026-11-23T07:35:28.741826Z")),
    }
}

pub fn decision(number: u128, kind: &str, asset: &str, price: &str) -> TradeDecision {
    let seconds = i64::try_from(number).unwrap() * 97_013_417;
    Decision {
        id: uuid(number),
        timestamp: at("2026-11-23T10:41:28.562341Z").plus_micros(-seconds),
        agent_id: [
            "strategy_momentum_v1",
            "algo:74ad3880-c88c-4a10-bd8f-5c5659726601",
            "guard_rail_max_drawdown",
        ][usize::try_from(number % 3).unwrap()]
        .to_owned(),
        asset: asset.to_owned(),
        decision: kind.to_owned(),
        confidence_score: [0.527, 0.973, 0.443, 0.846][usize::try_from(number % 4).unwrap()],
        price_at_decision: Some(amount(price)),
        reason:
            "Bollinger breakout confirmed by volume; 5-period average crossed above the 20-period"
                .to_owned(),
        is_executed: false,
        block_reason: None,
        execution_order_id: None,
        order: OrderLink::None,
    }
}

pub fn executed(mut decision: TradeDecision, order: OrderLink<OrderBrief>) -> TradeDecision {
    decision.is_executed = true;
    decision.execution_order_id = Some(uuid(9_000));
    decision.order = order;
    decision
}

pub fn blocked(mut decision: TradeDecision, reason: &str) -> TradeDecision {
    decision.block_reason = Some(reason.to_owned());
    decision
}

pub fn decisions() -> Vec<TradeDecision> {
    let mut rows = Vec::new();
    for round in 0..4_u128 {
        let n = round * 11;
        rows.extend([
            blocked(
                decision(n + 1, "BUY", "XRP", "3.42245513"),
                "Position size limit exceeded: 25.31% of portfolio, limit 20%",
            ),
            blocked(
                decision(n + 2, "SELL", "ETH", "4967.28115444"),
                "Emergency stop is active - trading is halted",
            ),
            executed(
                decision(n + 3, "BUY", "BTC", "164096.65779104"),
                OrderLink::Found(brief("filled")),
            ),
            decision(n + 4, "HOLD", "SOL", "197.55583156"),
            executed(
                decision(n + 5, "BUY", "BTC", "165399.06508050"),
                OrderLink::Found(brief("submitted")),
            ),
            executed(
                decision(n + 6, "SELL", "ADA", "0.90328554"),
                OrderLink::Missing,
            ),
            executed(
                decision(n + 7, "SELL", "ADA", "0.90328554"),
                OrderLink::Found(brief("partial")),
            ),
            decision(n + 8, "SELL", "SOL", "200.84872350"),
            executed(
                decision(n + 9, "BUY", "ETH", "5044.78653606"),
                OrderLink::Found(brief("failed")),
            ),
            blocked(
                decision(n + 10, "BUY", "SOL", "198.37652017"),
                "Daily loss limit exceeded",
            ),
            decision(n + 11, "HOLD", "BTC", "163624.31309578"),
        ]);
    }
    rows
}

/// What a page must survive.
pub fn hostile() -> TradeDecision {
    let mut row = decision(1, "BUY\u{202e}YUB", "<script>alert(1)</script>", "NaN");
    "\u{202e}\u{2067}gnp.exe</td></tr><img src=x onerror=alert(1)>".clone_into(&mut row.agent_id);
    row.reason = format!("{}\"><script>alert(2)</script>", "A".repeat(900));
    row.confidence_score = f64::NAN;
    row.price_at_decision = None;
    row.block_reason = Some("=HYPERLINK(\"http://x\") \u{202e}' onmouseover='x".to_owned());
    row
}

pub fn list<F: ViewFilter, T: Keyed<Key = F::Key>>(
    raw: &str,
    rows: Vec<T>,
    count: Count,
) -> ListPage<F, T> {
    let query = ListQuery::<F>::parse(raw).unwrap();
    let window = query.window(Tz::Australia__Sydney, now()).unwrap();
    let page = Page::from_fetched(rows, query.limit, query.order, query.after.as_ref(), now());
    ListPage {
        query,
        window,
        page,
        count,
        choices: Vec::new(),
    }
}

pub fn words(values: &[&str]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}

pub fn trades(raw: &str, rows: Vec<TradeDecision>) -> TradesPage {
    let mut page: TradesPage = list(raw, rows, Count::Exact(2_148));
    page.choices = vec![
        ("asset", words(&["ADA", "BTC", "ETH", "SOL", "XRP"])),
        (
            "agent",
            words(&[
                "algo:74ad3880-c88c-4a10-bd8f-5c5659726601",
                "guard_rail_max_drawdown",
                "strategy_momentum_v1",
            ]),
        ),
    ];
    page
}

pub fn order() -> Order {
    Order {
        id: uuid(9_000),
        user_id: uuid(50),
        user_email: Some("strategist@omc.local".to_owned()),
        algorithm_id: Some("74ad3880-c88c-4a10-bd8f-5c5659726601".parse().unwrap()),
        algorithm_name: Some("MA Crossover".to_owned()),
        coin_type: "BTC".to_owned(),
        order_type: "market".to_owned(),
        brief: brief("filled"),
        error_message: None,
        coinspot_order_id: Some("befbed8f-fa8e-4e85-8e91-69586a3557d3".to_owned()),
        created_at: at("2026-11-23T07:35:28.705298Z"),
        updated_at: at("2026-11-23T07:35:28.741829Z"),
        submitted_at: Some(at("2026-11-23T07:35:28.737241Z")),
    }
}

pub fn trade(row: TradeDecision, order: OrderLink<Order>) -> TradePage {
    TradePage {
        detail: TradeDetail {
            decision: Decision {
                id: row.id,
                timestamp: row.timestamp,
                agent_id: row.agent_id,
                asset: row.asset,
                decision: row.decision,
                confidence_score: row.confidence_score,
                price_at_decision: row.price_at_decision,
                reason: row.reason,
                is_executed: row.is_executed,
                block_reason: row.block_reason,
                execution_order_id: row.execution_order_id,
                order,
            },
            algorithm_name: Some("MA Crossover".to_owned()),
        },
    }
}

pub fn trade_filled() -> TradePage {
    let mut row = executed(
        decision(3, "BUY", "BTC", "100163.20032732"),
        OrderLink::None,
    );
    row.timestamp = at("2026-11-23T07:35:28.692298Z");
    "algo:74ad3880-c88c-4a10-bd8f-5c5659726601".clone_into(&mut row.agent_id);
    trade(row, OrderLink::Found(order()))
}

pub fn event(
    number: u128,
    when: &str,
    kind: &str,
    severity: &str,
    user: Option<&str>,
    details: &str,
) -> Event {
    Event {
        id: uuid(number),
        timestamp: at(when),
        event_type: kind.to_owned(),
        severity: severity.to_owned(),
        user_id: user.map(|name| uuid(if name.starts_with("admin") { 51 } else { 50 })),
        user_email: user.map(ToOwned::to_owned),
        details: Some(details.to_owned()),
    }
}

const ADMIN: Option<&str> = Some("admin@example.com");
const STRATEGIST: Option<&str> = Some("strategist@omc.local");

pub const SIGNAL_DETAILS: &str = r#"{"algorithm_id": "74ad3880-c88c-4a10-bd8f-5c5659726601", "signal": {"action": "buy", "coin_type": "SOL", "quantity": "0.0455755", "confidence": 0.527}, "market_data_snapshot": {"coin_type": "SOL", "price": 198.37652016775874, "volume_24h": 1000, "levels": [1.50, null, []]}}"#;

pub fn kill_switch_stream() -> Vec<KillSwitchEvent> {
    let rows = [
        (
            "2026-11-23T06:11:02.000101Z",
            "EMERGENCY_STOP_CLEARED",
            "warning",
            ADMIN,
            r#"{"timestamp": "2026-11-23 06:11:02+00:00", "source": "redis"}"#,
        ),
        (
            "2026-11-23T07:35:29.167649Z",
            "EMERGENCY_STOP_ACTIVATED",
            "critical",
            ADMIN,
            r#"{"status": "active", "triggered_by": "b0d1650a-70a5-441f-bd6e-3dc180d848d4"}"#,
        ),
        (
            "2026-11-23T07:35:29.177481Z",
            "EMERGENCY_STOP_ACTIVATED",
            "critical",
            ADMIN,
            r#"{"timestamp": "2026-11-23 07:35:29.177346+00:00", "source": "redis"}"#,
        ),
        (
            "2026-11-23T07:35:29.788574Z",
            "EMERGENCY_STOP_CLEARED",
            "warning",
            ADMIN,
            r#"{"timestamp": "2026-11-23 07:35:29.788395+00:00", "source": "redis"}"#,
        ),
        (
            "2026-11-23T07:35:30.370394Z",
            "kill_switch_toggle",
            "critical",
            ADMIN,
            r#"{"active": true}"#,
        ),
        (
            "2026-11-23T07:36:12.000001Z",
            "kill_switch_toggle",
            "critical",
            ADMIN,
            r#"{"active": true}"#,
        ),
        (
            "2026-11-23T07:37:18.374394Z",
            "kill_switch_toggle",
            "critical",
            ADMIN,
            r#"{"active": false}"#,
        ),
        (
            "2026-11-23T09:58:31.716403Z",
            "EMERGENCY_STOP_ACTIVATED",
            "critical",
            None,
            r#"{"status": "active", "triggered_by": "system"}"#,
        ),
        (
            "2026-11-23T09:58:31.725525Z",
            "EMERGENCY_STOP_ACTIVATED",
            "critical",
            None,
            r#"{"timestamp": "2026-11-23 09:58:31.725374+00:00", "source": "redis"}"#,
        ),
    ];
    rows.into_iter()
        .zip(200..)
        .filter_map(|((when, kind, severity, user, details), number)| {
            KillSwitchEvent::read(event(number, when, kind, severity, user, details))
        })
        .collect()
}

pub fn history() -> History {
    derive(kill_switch_stream())
}

pub fn episode_rows() -> Vec<EpisodeRow> {
    let effects = [(12, 0, 0), (1, 6, 3), (7, 0, 0)];
    let mut rows: Vec<EpisodeRow> = history()
        .episodes
        .into_iter()
        .zip(effects)
        .map(
            |(episode, (rejections, leaked_approvals, leaked_orders))| EpisodeRow {
                episode,
                effect: Effect {
                    rejections,
                    leaked_approvals,
                    leaked_orders,
                },
            },
        )
        .collect();
    rows.reverse();
    rows
}

pub fn kill_switch(raw: &str) -> KillSwitchPage {
    KillSwitchPage {
        list: list(raw, episode_rows(), Count::Exact(3)),
        strays: history().strays,
    }
}

pub fn episode_toggle() -> EpisodePage {
    EpisodePage {
        row: episode_rows().swap_remove(1),
        overlapping: vec![history().episodes.swap_remove(2)],
    }
}

pub fn episode_open() -> EpisodePage {
    EpisodePage {
        row: episode_rows().swap_remove(0),
        overlapping: Vec::new(),
    }
}

pub fn events_sample() -> Vec<Event> {
    let mut rows: Vec<Event> = kill_switch_stream()
        .into_iter()
        .map(|row| row.event)
        .collect();
    rows.extend([
        event(301, "2026-11-23T10:12:27.599806Z", "ALGORITHM_SIGNAL", "info", STRATEGIST, SIGNAL_DETAILS),
        event(302, "2026-11-23T10:12:27.636559Z", "TRADE_APPROVED", "info", STRATEGIST, r#"{"user_id": "d8f801bd-2f59-474a-9e91-75121af54b5a", "coin": "SOL", "side": "buy", "quantity": 0.0455755, "estimated_price": 198.37652016775874, "trade_value": 9.04110909490569, "algorithm_id": "74ad3880-c88c-4a10-bd8f-5c5659726601"}"#),
        event(303, "2026-11-23T10:12:29.265699Z", "TRADE_REJECTED", "error", STRATEGIST, r#"{"reason": "kill_switch_active", "user_id": "d8f801bd-2f59-474a-9e91-75121af54b5a"}"#),
        event(304, "2026-11-23T10:12:29.271749Z", "TRADE_REJECTED", "warning", STRATEGIST, r#"{"user_id": "d8f801bd-2f59-474a-9e91-75121af54b5a", "coin": "BTC", "side": "sell", "quantity": 0.00818352, "reason": "Emergency stop is active - trading is halted", "algorithm_id": null}"#),
        event(305, "2026-11-23T10:13:01.000001Z", "LIMITS_RELOADED_V2", "notice", None, "[]"),
    ]);
    rows.sort_by_key(|row| std::cmp::Reverse(row.timestamp));
    rows
}

pub fn events(raw: &str) -> EventsPage {
    let mut page: EventsPage = list(raw, events_sample(), Count::MoreThan(10_000));
    page.choices = vec![(
        "type",
        words(&[
            "ALGORITHM_SIGNAL",
            "EMERGENCY_STOP_ACTIVATED",
            "TRADE_APPROVED",
            "TRADE_REJECTED",
            "kill_switch_toggle",
        ]),
    )];
    page
}

pub fn event_page() -> EventPage {
    EventPage {
        event: event(
            301,
            "2026-11-23T10:12:27.599806Z",
            "ALGORITHM_SIGNAL",
            "info",
            STRATEGIST,
            SIGNAL_DETAILS,
        ),
        episode: Some(uuid(201)),
    }
}

#[allow(clippy::unnecessary_wraps, reason = "shortens what follows")]
fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

pub fn executor_signal(number: u128) -> Signal {
    Signal {
        id: SignalId::Executor(uuid(number)),
        timestamp: at("2026-11-23T10:12:27.599806Z")
            .plus_micros(-i64::try_from(number).unwrap() * 31_700_000),
        algorithm_id: some("74ad3880-c88c-4a10-bd8f-5c5659726601"),
        algorithm_name: some("MA Crossover"),
        coin: some("SOL"),
        action: some(if number.is_multiple_of(2) {
            "buy"
        } else {
            "sell"
        }),
        quantity: some("0.0455755"),
        confidence: some("0.527"),
        price: some("198.37652016775874"),
        source: None,
        details: some(SIGNAL_DETAILS),
    }
}

pub fn signals(raw: &str) -> SignalsPage {
    let mut rows: Vec<Signal> = (1..12).map(executor_signal).collect();
    rows.push(Signal {
        id: SignalId::Collector(4_711),
        algorithm_id: None,
        algorithm_name: None,
        coin: some("BTC"),
        action: some("neutral"),
        quantity: None,
        confidence: some("0.5"),
        price: None,
        source: some("reddit_sentiment"),
        details: some(r#"{"mentions": 41}"#),
        ..executor_signal(12)
    });
    rows.push(Signal {
        algorithm_id: some("no such id"),
        algorithm_name: None,
        coin: None,
        action: some("maybe"),
        quantity: some("[1,2]"),
        confidence: some("NaN"),
        price: None,
        details: some("{\"signal\": null}"),
        ..executor_signal(13)
    });
    let mut page: SignalsPage = list(raw, rows, Count::NotCounted);
    page.choices = vec![
        ("coin", words(&["BTC", "SOL"])),
        ("algorithm", words(&["MA Crossover"])),
        ("source", words(&["reddit_sentiment"])),
    ];
    page
}

pub fn signal_page() -> SignalPage {
    SignalPage {
        signal: executor_signal(2),
        event: Some(event_page().event),
    }
}

pub fn overview() -> OverviewPage {
    OverviewPage {
        last_day: DayNumbers {
            decisions: 2_223,
            executed: 812,
            blocked: 187,
            signals: 1_604,
            rejections: 214,
            events: 5_190,
        },
        newest_events: events_sample(),
        history: history(),
    }
}

pub fn login() -> LoginPage {
    LoginPage {
        message: some("E-mail or password is wrong."),
        email: "auditor@demo.local".to_owned(),
        next: "/trades?last=7d".to_owned(),
    }
}

pub fn bad_request() -> ErrorPage {
    ErrorPage {
        status: 400,
        title: "The filter cannot be read".to_owned(),
        message: "limit: takes a whole number from 1 to 500, not “501”".to_owned(),
        param: some("limit"),
        request_id: some("01JD7E0B3GQZ6V9W"),
        way_out: ("All trade decisions".to_owned(), "/trades".to_owned()),
    }
}
