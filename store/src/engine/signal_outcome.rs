//! What became of an executor's signal, looked up in the events and the orders that follow it.
//!
//! Nothing in the database links them. The verdict is the earliest approval or rejection that
//! [`domain::link`] ties to the signal; the order is the earliest that it ties to the approval. Of what
//! happened in the same microsecond the lower id counts, so that a list is the same whenever it is read.
//! The error row of a rejection by the kill switch names no coin and is never a verdict; its warning row is.

use domain::catalogue::Given;
use domain::link::LINK_WITHIN;
use domain::signal::SignalOutcome;
use sqlx::Row as _;
use sqlx::postgres::PgRow;

use super::fragments::{number, readable};
use crate::sql::{Sql, sql};

/// What [`read`] reads beside the row, out of [`lookup`] named `became`.
pub const ROW: &str = "became.verdict_id, became.verdict, became.rejection_reason, \
    became.order_status";

/// Columns that [`lookup`] needs of the row `signal`.
pub const NEEDS: &str =
    "s.executor_id, s.\"timestamp\", s.user_id, s.algorithm_id, s.coin, s.action, s.quantity";

/// A select of at most one row: what became of the executor's signal that the row `signal` of an outer
/// select is. Its columns are those of [`ROW`], and `outcome`, the filter's word.
///
/// It reads the ten seconds after the signal in the index of time, and the ten after the approval in that
/// of orders. `OFFSET 0` keeps a document from being taken apart again for every comparison.
pub fn lookup(signal: &'static str) -> Sql {
    Sql::template(
        "SELECT verdict.id AS verdict_id, verdict.event_type AS verdict, \
         verdict.reason AS rejection_reason, placed.status AS order_status, \
         CASE WHEN verdict.event_type = 'TRADE_REJECTED' THEN 'rejected' \
         WHEN placed.status IN ('filled', 'partial') THEN 'filled' \
         WHEN placed.status IS NOT NULL THEN 'order' ELSE 'approved' END AS outcome \
         FROM (SELECT {signal}.\"timestamp\" AS at, {signal}.user_id, {signal}.algorithm_id, \
         {signal}.coin, {signal}.action AS side, {wanted_quantity} AS quantity OFFSET 0) wanted \
         CROSS JOIN LATERAL (SELECT v.id, v.event_type, v.\"timestamp\" AS at, d.reason \
         FROM public.audit_log v \
         CROSS JOIN LATERAL (SELECT {document} AS document OFFSET 0) r \
         CROSS JOIN LATERAL (SELECT r.document->>'algorithm_id' AS algorithm_id, \
         r.document->>'coin' AS coin, r.document->>'side' AS side, \
         r.document->>'quantity' AS quantity, r.document->>'reason' AS reason) d \
         WHERE {verdict_within} \
         AND v.event_type IN ('TRADE_APPROVED', 'TRADE_REJECTED') \
         AND v.user_id IS NOT DISTINCT FROM wanted.user_id \
         AND d.coin = wanted.coin AND d.side = wanted.side \
         AND d.algorithm_id IS NOT DISTINCT FROM wanted.algorithm_id \
         AND ({quantity} = wanted.quantity) IS NOT FALSE \
         ORDER BY v.\"timestamp\", v.id LIMIT 1) verdict \
         LEFT JOIN LATERAL (SELECT o.status FROM public.orders o \
         WHERE verdict.event_type = 'TRADE_APPROVED' AND {order_within} \
         AND o.user_id = wanted.user_id AND o.coin_type = wanted.coin AND o.side = wanted.side \
         AND o.algorithm_id::text IS NOT DISTINCT FROM lower(wanted.algorithm_id) \
         ORDER BY o.created_at, o.id LIMIT 1) placed ON true",
        &[
            ("signal", signal.into()),
            ("document", readable("v.details")),
            ("quantity", number("d.quantity")),
            ("wanted_quantity", number(sql![signal, ".quantity"])),
            ("verdict_within", within("v.\"timestamp\"", "wanted.at")),
            ("order_within", within("o.created_at", "verdict.at")),
        ],
    )
}

/// That `time` follows `after` within [`LINK_WITHIN`], both ends included. The end of PostgreSQL's time is
/// not passed: adding to it raises an error, and a hostile signal may stand there.
fn within(time: &'static str, after: &'static str) -> Sql {
    Sql::template(
        "{time} >= {after} AND {time} <= \
         least({after}, '294276-12-31 23:59:59.999999+00'::timestamptz - {span}) + {span}",
        &[
            ("time", time.into()),
            ("after", after.into()),
            ("span", sql!["interval '", LINK_WITHIN, " microseconds'"]),
        ],
    )
}

/// ` AND` that what became of the executor's signal `signal` is wanted.
///
/// PostgreSQL takes an equation with a word for rarely true: it would look up every signal, sort what is
/// left and show the first few. Of a mere truth value, which `coalesce` makes of it, it expects half, and so
/// it walks along the index of time and stops when the page is full.
pub fn and_outcome(sql: &mut Sql, signal: &'static str, wanted: &Given) {
    for (start, list) in [
        (" AND coalesce(", &wanted.any),
        (" AND NOT coalesce(", &wanted.not),
    ] {
        if !list.is_empty() {
            sql.push(start)
                .push("coalesce((SELECT became.outcome FROM (")
                .push(lookup(signal))
                .push(") became), 'nothing') = ANY(")
                .texts(list.clone())
                .push("), false)");
        }
    }
}

/// Reads [`ROW`].
///
/// # Errors
/// When a column is missing or of another type.
pub fn read(row: &PgRow) -> Result<SignalOutcome, sqlx::Error> {
    Ok(SignalOutcome::of(
        row.try_get("verdict_id")?,
        row.try_get("verdict")?,
        row.try_get("rejection_reason")?,
        row.try_get("order_status")?,
    ))
}
