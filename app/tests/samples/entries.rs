//! Moments of a timeline.

use domain::dossier::{Bucket, COLUMNS, Kind, TimelineEntry};
use domain::time::Timestamp;

use super::{at, some, uuid};

/// A moment of a trade: coin, side, quantity, value in AUD.
pub type Trade = (
    &'static str,
    &'static str,
    &'static str,
    Option<&'static str>,
);

pub const BTC: Trade = ("BTC", "buy", "0.01924748", Some("3141.269117"));
pub const SOL: Trade = ("SOL", "buy", "4.55750000", Some("904.1109094905"));
pub const ETH: Trade = ("ETH", "sell", "0.41169090", Some("2076.101"));

pub fn moment(number: u128, when: Timestamp, kind: Kind, trade: Trade) -> TimelineEntry {
    let (coin, side, quantity, value) = trade;
    let order = !kind.is_event();
    TimelineEntry {
        at: when,
        kind,
        id: uuid(number),
        user: some("strategist@omc.local"),
        algorithm_id: some("74ad3880-c88c-4a10-bd8f-5c5659726601"),
        algorithm_name: (coin != "ETH").then(|| "MA Crossover".to_owned()),
        coin: some(coin),
        side: some(side),
        quantity: some(quantity),
        value: match kind {
            Kind::Approved | Kind::Filled => value.map(ToOwned::to_owned),
            _ => None,
        },
        reason: None,
        status: order.then(|| "submitted".to_owned()),
        created_at: order.then_some(when),
        filled_at: None,
        is_second: false,
    }
}

/// Seconds after the toggle's activation.
pub fn after(seconds: f64) -> Timestamp {
    #[allow(clippy::cast_possible_truncation, reason = "a few minutes")]
    let micros = (seconds * 1e6) as i64;
    at("2026-11-23T07:35:30.370394Z").plus_micros(micros)
}

/// Six approvals, one of them a second check, and three orders.
pub fn leaked() -> Vec<TimelineEntry> {
    let leak = |number, seconds, kind, trade| moment(number, after(seconds), kind, trade);
    let mut entries = vec![
        leak(401, 9.1, Kind::Approved, BTC),
        leak(402, 10.25, Kind::Created, BTC),
        leak(403, 31.002, Kind::Approved, SOL),
        leak(404, 33.7, Kind::Approved, SOL),
        leak(405, 34.118, Kind::Created, SOL),
        leak(406, 52.4, Kind::Approved, ETH),
        leak(407, 77.0, Kind::Approved, ETH),
        leak(408, 78.33, Kind::Created, ETH),
        leak(409, 101.9, Kind::Approved, BTC),
    ];
    entries[3].is_second = true;
    entries[1].filled_at = Some(after(13.4));
    entries[1].status = some("filled");
    entries[1].value = some("0.05776957035");
    entries[4].filled_at = Some(after(120.0));
    entries[4].status = some("filled");
    entries[7].status = some("failed");
    entries[7].reason = some("exchange said no");
    entries
}

/// Everything around the toggle's episode.
pub fn around() -> Vec<TimelineEntry> {
    let mut entries = leaked();
    let mut number = 500;
    let mut add = |seconds: f64, kind, trade| {
        number += 1;
        entries.push(moment(number, after(seconds), kind, trade));
    };
    for step in 0..26_u32 {
        let seconds = f64::from(step) * 8.17 - 51.3 + f64::from(step * step % 7) * 0.61;
        let trade = [BTC, SOL, ETH][step as usize % 3];
        add(seconds, Kind::Signal, trade);
        if !(0.0..108.0).contains(&seconds) {
            add(seconds + 0.04, Kind::Approved, trade);
            if step % 2 == 0 {
                add(seconds + 0.3, Kind::Created, trade);
                add(seconds + 0.5, Kind::Submitted, trade);
                add(seconds + 2.9, Kind::Filled, trade);
            }
        }
    }
    add(13.4, Kind::Filled, BTC);
    add(78.9, Kind::Failed, ETH);
    add(-20.0, Kind::Rejected, ETH);
    add(64.25, Kind::Rejected, ETH);
    add(131.0, Kind::Cancelled, SOL);
    let mut second = moment(499, after(-19.996), Kind::Rejected, ETH);
    second.is_second = true;
    for rejected in entries.iter_mut().filter(|m| m.kind == Kind::Rejected) {
        rejected.reason = some("Position size limit exceeded: 25% of the portfolio");
    }
    second.reason = some("Emergency stop is active - trading is halted");
    entries.push(second);
    entries.sort_by_key(|moment| (moment.at, moment.id));
    entries
}

/// An order that was under way.
pub fn in_flight() -> Vec<TimelineEntry> {
    let mut order = moment(601, after(3.2), Kind::Filled, ETH);
    order.created_at = Some(after(-12.6));
    order.filled_at = Some(after(3.2));
    order.status = some("filled");
    vec![order]
}

/// Counts of a busy day.
pub fn buckets() -> Vec<Bucket> {
    let mut buckets = Vec::new();
    for column in 0..COLUMNS {
        let wave = u64::from(column * column % 17);
        for (kind, count) in [
            (Kind::Signal, 40 + wave * 3),
            (Kind::Approved, wave),
            (Kind::Rejected, wave / 5),
            (Kind::Created, wave / 2),
            (Kind::Submitted, wave / 2),
            (Kind::Filled, wave / 3),
            (Kind::Failed, u64::from(column % 31 == 7)),
        ] {
            if count > 0 {
                buckets.push(Bucket {
                    kind,
                    column,
                    count,
                });
            }
        }
    }
    buckets
}
