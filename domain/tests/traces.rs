//! Traces: rows of one trade are matched, whatever is between them, and no row is used twice.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on shall fail")]

use std::collections::HashMap;

use domain::details::{TradeDetails, algorithm_of_agent, step};
use domain::link::LINK_WITHIN;
use domain::rejection::RejectionRow;
use domain::time::Timestamp;
use domain::trace::{Chain, Link, Matcher, Placed, RowId, Rule, Step, StepKind};
use proptest::prelude::*;
use uuid::Uuid;

const AUDIT_LOG: &str = include_str!("../../demo/fixtures/engine-sample/audit_log.csv");
const TRADE_AUDIT: &str = include_str!("../../demo/fixtures/engine-sample/trade_audit.csv");
const ORDERS: &str = include_str!("../../demo/fixtures/engine-sample/orders.csv");

/// Rows of a CSV as maps by column name.
fn rows(csv: &str) -> Vec<HashMap<String, String>> {
    let mut records = Vec::new();
    let (mut record, mut field, mut quoted) = (Vec::new(), String::new(), false);
    let mut chars = csv.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '"' if quoted && chars.peek() == Some(&'"') => field.extend(chars.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => record.push(std::mem::take(&mut field)),
            '\n' if !quoted => {
                record.push(std::mem::take(&mut field));
                records.push(std::mem::take(&mut record));
            }
            _ => field.push(char),
        }
    }
    let head = records.remove(0);
    let named = |record: Vec<String>| head.iter().cloned().zip(record).collect();
    records.into_iter().map(named).collect()
}

fn moment(text: &str) -> Timestamp {
    let text = text.replacen(' ', "T", 1).replace("+00", "+00:00");
    Timestamp::parse_rfc3339(&text).unwrap()
}

fn uuid(text: &str) -> Option<Uuid> {
    Uuid::try_parse(text).ok()
}

/// Rows that the engine itself wrote.
fn sample() -> Vec<Step> {
    let filled = |text: &String| (!text.is_empty()).then(|| text.clone());
    let mut steps = Vec::new();
    for row in rows(AUDIT_LOG) {
        let details = TradeDetails::read(&row["event_type"], filled(&row["details"]).as_deref());
        steps.extend(step(
            uuid(&row["id"]).unwrap(),
            moment(&row["timestamp"]),
            (&row["event_type"], &row["severity"]),
            uuid(&row["user_id"]),
            &details,
        ));
    }
    for row in rows(ORDERS) {
        let id = RowId::Order(uuid(&row["id"]).unwrap());
        let order = Step::new(id, moment(&row["created_at"]), StepKind::Order)
            .of(
                filled(&row["algorithm_id"]).as_deref(),
                Some(&row["coin_type"]),
                Some(&row["side"]),
            )
            .by(uuid(&row["user_id"]), row["quantity"].parse().ok());
        steps.push(order);
    }
    for row in rows(TRADE_AUDIT) {
        let id = RowId::Decision(uuid(&row["id"]).unwrap());
        let kind = StepKind::Decision {
            order: uuid(&row["execution_order_id"]),
            block_reason: filled(&row["block_reason"]),
        };
        let algorithm = algorithm_of_agent(&row["agent_id"]).map(|id| id.to_string());
        steps.push(Step::new(id, moment(&row["timestamp"]), kind).of(
            algorithm.as_deref(),
            Some(&row["asset"]),
            Some(&row["decision"]),
        ));
    }
    steps
}

#[test]
fn in_the_engines_own_rows_every_executed_decision_has_its_whole_trace() {
    let matcher = Matcher::of(sample());
    let status: HashMap<Uuid, String> = rows(ORDERS)
        .into_iter()
        .map(|row| (uuid(&row["id"]).unwrap(), row["status"].clone()))
        .collect();
    let mut ends: HashMap<&str, usize> = HashMap::new();
    let mut blocked = 0;
    for row in rows(TRADE_AUDIT) {
        let id = RowId::Decision(uuid(&row["id"]).unwrap());
        let chain = matcher.chain_of(id).unwrap();
        if row["is_executed"] == "t" {
            let order = chain.order.as_ref().unwrap();
            assert_eq!(
                order.row,
                RowId::Order(uuid(&row["execution_order_id"]).unwrap())
            );
            assert_eq!(chain.decision.as_ref().unwrap().link, Link::Key);
            assert!(
                chain.signal.is_some() && chain.checks.len() == 2,
                "{chain:?}"
            );
            assert_eq!(chain.rejection, None);
            let RowId::Order(order) = order.row else {
                panic!("no order")
            };
            *ends.entry(status[&order].as_str()).or_default() += 1;
        } else if !row["block_reason"].is_empty() {
            blocked += 1;
            assert!(
                chain.signal.is_some() && chain.rejection.is_some(),
                "{chain:?}"
            );
            assert!(chain.rejection_error.is_some() && chain.checks.is_empty());
        } else {
            assert_eq!(chain.rows().count(), 1, "a HOLD stands alone: {chain:?}");
        }
    }
    assert_eq!(ends, HashMap::from([("filled", 30), ("submitted", 7)]));
    assert_eq!(blocked, 11);
    assert!(
        matcher
            .chains()
            .all(|chain| { chain.rows().all(|row| others(row).is_empty()) })
    );
}

fn others(placed: &Placed) -> &[RowId] {
    match &placed.link {
        Link::Inferred { others, .. } => others,
        Link::First | Link::Key => &[],
    }
}

/// A trade from which rows are generated.
#[derive(Clone, Debug)]
struct Trade {
    user: u8,
    coin: u8,
    start: i64,
    rejected: bool,
    second: bool,
}

fn row(number: usize, part: u128) -> Uuid {
    Uuid::from_u128((number as u128) << 8 | part)
}

/// The rows of trade `number`, with a distinct quantity.
fn scattered(number: usize, trade: &Trade) -> Vec<Step> {
    #[allow(clippy::cast_precision_loss, reason = "a few hundred trades")]
    let quantity = Some(1.0 + number as f64);
    let user = Some(Uuid::from_u128(u128::from(trade.user)));
    let coin = format!("C{}", trade.coin);
    let at = |micros: i64| Timestamp::from_postgres_micros(trade.start + micros);
    let make = |id, micros, kind| {
        Step::new(id, at(micros), kind)
            .of(Some("A"), Some(&coin), Some("buy"))
            .by(user, quantity)
    };
    let event = |part| RowId::Event(row(number, part));
    let decision = |kind| {
        Step::new(RowId::Decision(row(number, 9)), at(40_000), kind).of(
            Some("a"),
            Some(&coin),
            Some("BUY"),
        )
    };
    let mut steps = vec![make(event(1), 0, StepKind::Signal)];
    if trade.rejected {
        let reason = Some(format!("Position size limit exceeded {number}"));
        let kind = StepKind::Rejection {
            row: RejectionRow::Other,
            reason: reason.clone(),
        };
        steps.push(make(event(2), 15_000, kind));
        steps.push(decision(StepKind::Decision {
            order: None,
            block_reason: reason,
        }));
        return steps;
    }
    let approval = || StepKind::Approval { value: None };
    steps.push(make(event(3), 15_000, approval()));
    steps.push(make(RowId::Order(row(number, 4)), 20_000, StepKind::Order));
    steps.push(decision(StepKind::Decision {
        order: Some(row(number, 4)),
        block_reason: None,
    }));
    if trade.second {
        steps.push(make(event(5), 60_000, approval()));
    }
    steps
}

fn trades() -> impl Strategy<Value = Vec<Trade>> {
    let trade = (
        0_u8..3,
        0_u8..3,
        0_i64..3_000_000,
        any::<bool>(),
        any::<bool>(),
    );
    let trade = trade.prop_map(|(user, coin, start, rejected, second)| Trade {
        user,
        coin,
        start,
        rejected,
        second,
    });
    prop::collection::vec(trade, 1..40)
}

/// The trade that a row was generated from.
fn number_of(id: RowId) -> u128 {
    let (RowId::Event(id) | RowId::Order(id) | RowId::Decision(id)) = id;
    id.as_u128() >> 8
}

proptest! {
    #[test]
    fn interleaved_trades_are_separated(trades in trades()) {
        let steps: Vec<Step> = trades
            .iter()
            .enumerate()
            .flat_map(|(number, trade)| scattered(number, trade))
            .collect();
        let matcher = Matcher::of(steps.clone());
        let whole: Vec<&Chain> = matcher.chains().collect();
        prop_assert_eq!(whole.len(), trades.len());
        for chain in whole {
            let numbers: Vec<u128> = chain.rows().map(|placed| number_of(placed.row)).collect();
            prop_assert!(numbers.iter().all(|number| *number == numbers[0]), "{:?}", chain);
            let expected = steps.iter().filter(|step| number_of(step.id) == numbers[0]).count();
            prop_assert_eq!(numbers.len(), expected);
        }
    }

    #[test]
    fn every_row_is_in_one_trace_and_links_are_within_their_rules_reach(
        rows in prop::collection::vec((0_i64..40_000_000, 0_u8..6, 0_u8..2, 0_u8..2), 0..80)
    ) {
        let steps: Vec<Step> = rows.iter().enumerate().map(|(number, (at, kind, coin, rest))| {
            let id = row(number, 1);
            let reason = Some("Emergency stop is active - trading is halted".to_owned());
            let (id, kind) = match kind {
                0 => (RowId::Event(id), StepKind::Signal),
                1 => (RowId::Event(id), StepKind::Approval { value: None }),
                2 => (RowId::Event(id), StepKind::Rejection { row: RejectionRow::KillSwitchError, reason: None }),
                3 => (RowId::Event(id), StepKind::Rejection { row: RejectionRow::KillSwitchWarning, reason }),
                4 => (RowId::Order(id), StepKind::Order),
                _ => (RowId::Decision(id), StepKind::Decision { order: None, block_reason: reason.filter(|_| *rest == 0) }),
            };
            let coin = (*coin == 0).then_some("BTC");
            Step::new(id, Timestamp::from_postgres_micros(*at), kind).of(None, coin, Some("buy"))
        }).collect();
        let matcher = Matcher::of(steps.clone());
        let mut placed: Vec<RowId> = matcher.chains().flat_map(Chain::rows).map(|row| row.row).collect();
        placed.sort();
        let mut all: Vec<RowId> = steps.iter().map(|step| step.id).collect();
        all.sort();
        prop_assert_eq!(placed, all);
        for row in matcher.chains().flat_map(Chain::rows) {
            if let Link::Inferred { distance, others, to, .. } = &row.link {
                prop_assert!((0..=LINK_WITHIN).contains(distance));
                prop_assert!(!others.contains(to) && !others.contains(&row.row));
            }
        }
    }
}

#[test]
fn other_candidates_are_listed() {
    let at = Timestamp::from_postgres_micros;
    let signal = |number, micros| {
        Step::new(RowId::Event(row(number, 1)), at(micros), StepKind::Signal).of(
            None,
            Some("BTC"),
            Some("buy"),
        )
    };
    let approval = Step::new(
        RowId::Event(row(3, 1)),
        at(2_000_000),
        StepKind::Approval { value: None },
    )
    .of(None, Some("BTC"), Some("buy"));
    let matcher = Matcher::of(vec![signal(1, 0), signal(2, 1_500_000), approval.clone()]);
    let chain = matcher.chain_of(approval.id).unwrap();
    assert_eq!(
        chain.checks[0].link,
        Link::Inferred {
            rule: Rule::Verdict,
            to: RowId::Event(row(2, 1)),
            distance: 500_000,
            others: vec![RowId::Event(row(1, 1))],
        }
    );
}

#[test]
fn a_decision_finds_an_order_that_is_stamped_after_it() {
    let at = Timestamp::from_postgres_micros;
    let order = row(1, 1);
    let decision = Step::new(
        RowId::Decision(row(1, 2)),
        at(0),
        StepKind::Decision {
            order: Some(order),
            block_reason: None,
        },
    );
    let later = Step::new(RowId::Order(order), at(50_000_000), StepKind::Order);
    let matcher = Matcher::of(vec![later, decision]);
    let chain = matcher.chain_of(RowId::Order(order)).unwrap();
    assert_eq!(chain.order.as_ref().unwrap().link, Link::Key);
    assert!(chain.decision.is_some());
}
