//! The outcome of an executor's signal, looked up in the events and orders that follow it.
//!
//! The database has no key between them. The verdict is the earliest approval or rejection that [`domain::link`] links
//! to the signal; the order is the earliest that it links to the approval. Ties in time are broken by the lower id, so
//! that results are stable. The error row of a rejection by the kill switch names no coin and is never a verdict; its
//! warning row is.

use domain::catalogue::Given;
use domain::link::LINK_WITHIN;
use domain::signal::SignalOutcome;
use sqlx::Row as _;
use sqlx::postgres::PgRow;

use super::fragments::{number, readable};
use crate::sql::{Sql, sql};

/// Columns for [`read`], from [`lookup`] with the alias `became`.
pub const ROW: &str = "became.verdict_id, became.verdict, became.rejection_reason, \
    became.order_status";

/// Columns of the signal that [`lookup`] needs.
pub const NEEDS: &str =
    "s.executor_id, s.\"timestamp\", s.user_id, s.algorithm_id, s.coin, s.action, s.quantity";

/// SQL of at most one row: the outcome of the signal in the outer row `signal`. Columns are those of [`ROW`], and
/// `outcome`, the filter's value.
///
/// Reads events within ten seconds of the signal and orders within ten seconds of the approval, both by index. `OFFSET
/// 0` keeps PostgreSQL from parsing a document once per comparison.
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

/// Condition: `time` follows `after` within [`LINK_WITHIN`], inclusive. The bound is clamped, since adding to the end
/// of PostgreSQL's range raises an error and a hostile signal may have that time.
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

/// Appends ` AND` the outcome of the executor's signal `signal` is wanted.
///
/// The planner estimates that a comparison with a constant is rarely true, and would look up the outcome of every
/// signal and sort. For a bare boolean, which `coalesce` makes of it, it expects half of the rows; so it scans the
/// index on time and stops when the page is full.
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

/// Reads the columns of [`ROW`].
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
