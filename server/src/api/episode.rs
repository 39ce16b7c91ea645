//! `/api/v1/kill-switch/{id}`: one episode's dossier.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use domain::dossier::{Dossier, TimelineEntry};
use domain::episode::{Episode, KillSwitchEvent};
use domain::filter::ParamEnum as _;
use domain::review::{Needs, Review, ReviewProgress};
use domain::time::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::auth::Reader;
use crate::error::AppError;
use crate::pages::details::uuid;
use crate::pages::episode::{EPISODE, EpisodeData};
use crate::query::{NoParams, SpanQuery};
use crate::state::App;

/// `/api/v1/kill-switch/{id}`
///
/// # Errors
/// When `id` is not that of an activating event, or a database is away.
pub async fn dossier(
    State(app): State<App>,
    reader: Reader,
    Path(id): Path<String>,
    _: NoParams,
) -> Result<Response, AppError> {
    let id = uuid(&id, EPISODE)?;
    let file = EpisodeData::open(&app, &reader, id, SpanQuery::default()).await?;
    let body = serde_json::to_string(&Body::of(
        &file.dossier,
        &file.reviews,
        &file.review_progress,
    ))
    .map_err(|error| store::StoreError::Refused(error.to_string()))?;
    let json = HeaderValue::from_static("application/json");
    Ok(([(header::CONTENT_TYPE, json)], body).into_response())
}

/// Times are RFC 3339 in UTC; amounts are strings, exactly as stored or added up.
#[derive(Serialize)]
struct Body<'a> {
    id: String,
    mechanism: &'static str,
    enforced: bool,
    activated_at: String,
    activated_by: String,
    cleared_at: Option<String>,
    cleared_by: Option<String>,
    duration_micros: Option<i64>,
    rejections: u64,
    leaked_approvals: u64,
    leaked_orders: u64,
    leaked_value_aud: Option<Value>,
    events: Vec<EventBody<'a>>,
    overlapping: Vec<String>,
    before: Value,
    preceding_15_minutes: Value,
    leaks: Vec<Value>,
    leaks_cut: bool,
    in_flight: Vec<Value>,
    in_flight_cut: bool,
    open_orders_at_activation: u64,
    last_fill_at: Option<String>,
    resumption: Option<Value>,
    risk_rules: Option<Vec<Value>>,
    equity_aud: Vec<Value>,
    review: Value,
    reviews: Vec<Value>,
}

/// A raw row; its details are the json exactly as stored.
#[derive(Serialize)]
struct EventBody<'a> {
    id: String,
    role: &'static str,
    timestamp: String,
    event_type: &'a str,
    severity: &'a str,
    actor: String,
    details: Option<Box<RawValue>>,
}

fn time(at: Timestamp) -> String {
    at.rfc3339()
}

impl<'a> Body<'a> {
    fn of(dossier: &'a Dossier, reviews: &[Review], review_progress: &ReviewProgress) -> Self {
        let episode = &dossier.episode;
        let leaks = &dossier.leaks;
        Self {
            id: episode.key().to_string(),
            mechanism: episode.mechanism.as_str(),
            enforced: episode.mechanism == domain::episode::Mechanism::EmergencyStop,
            activated_at: time(episode.activated_at()),
            activated_by: episode.first().actor(),
            cleared_at: episode.cleared_at().map(time),
            cleared_by: episode.cleared().map(KillSwitchEvent::actor),
            duration_micros: episode.duration_micros(),
            rejections: dossier.effect.rejections,
            leaked_approvals: dossier.effect.leaked_approvals,
            leaked_orders: dossier.effect.leaked_orders,
            leaked_value_aud: dossier.value.as_ref().map(|value| {
                json!({
                    "approved_each_trade_once": value.approved_once.to_string(),
                    "approved_with_second_checks": value.approved_all.to_string(),
                    "second_checks": value.second_checks,
                    "approvals_without_value": value.without_value,
                    "filled": value.filled.to_string(),
                    "filled_orders": value.filled_orders,
                    "filled_orders_without_price": value.filled_without_price,
                })
            }),
            events: events(episode),
            overlapping: keys(&dossier.overlapping),
            before: json!({
                "last_event": dossier.before.last.as_ref().map(|event| json!({
                    "id": event.event.id.to_string(),
                    "event_type": event.event.event_type,
                    "timestamp": time(event.event.timestamp),
                })),
                "open_episodes": keys(&dossier.before.open),
            }),
            preceding_15_minutes: json!({
                "signals": dossier.preceding.signals,
                "approvals": dossier.preceding.approvals,
                "rejections": dossier.preceding.rejections,
                "orders": dossier.preceding.orders,
                "market_volatile": dossier.preceding.volatile,
            }),
            leaks: leaks.entries.iter().map(|m| moment(episode, m)).collect(),
            leaks_cut: leaks.more,
            in_flight: leaks.in_flight.iter().map(|m| moment(episode, m)).collect(),
            in_flight_cut: leaks.more_in_flight,
            open_orders_at_activation: leaks.open_at_activation,
            last_fill_at: leaks.last_fill.map(time),
            resumption: dossier.resumption.map(|resumption| {
                json!({
                    "first_approval_at": resumption.approval.map(time),
                    "first_order_at": resumption.order.map(time),
                })
            }),
            risk_rules: dossier.risk_context.rules.as_ref().map(|rules| {
                let rule = |rule: &domain::dossier::RiskRule| {
                    json!({
                        "name": rule.name, "rule_type": rule.rule_type, "value": rule.value,
                        "updated_at": time(rule.updated_at),
                    })
                };
                rules.iter().map(rule).collect()
            }),
            equity_aud: dossier
                .risk_context
                .equity
                .iter()
                .map(|(at, value)| json!({ "at": time(*at), "value": value.as_str() }))
                .collect(),
            review: json!({
                "state": review_progress.state.as_str(),
                "reviewed_by": review_progress.reviewers,
                "reviewed_at": review_progress.completed_at.map(time),
                "due_at": time(review_progress.due_at),
                "needs": review_progress.needs.map(needs),
            }),
            reviews: reviews.iter().map(review).collect(),
        }
    }
}

fn keys(episodes: &[Episode]) -> Vec<String> {
    episodes.iter().map(|e| e.key().to_string()).collect()
}

fn events(episode: &Episode) -> Vec<EventBody<'_>> {
    let roles = std::iter::once("activation")
        .chain(std::iter::repeat("activation, second row"))
        .zip(&episode.activation)
        .chain(std::iter::repeat("activation while active").zip(&episode.repeats))
        .chain(std::iter::repeat("clear").zip(episode.cleared()));
    roles
        .map(|(role, event)| EventBody {
            id: event.event.id.to_string(),
            role,
            timestamp: time(event.event.timestamp),
            event_type: &event.event.event_type,
            severity: &event.event.severity,
            actor: event.actor(),
            details: raw(event.event.details.as_deref()),
        })
        .collect()
}

/// PostgreSQL's json is always well-formed.
fn raw(details: Option<&str>) -> Option<Box<RawValue>> {
    RawValue::from_string(details?.to_owned()).ok()
}

fn moment(episode: &Episode, moment: &TimelineEntry) -> Value {
    json!({
        "timestamp": time(moment.at),
        "micros_after_activation": moment.at.micros_since(episode.activated_at()),
        "kind": moment.kind.as_str(),
        "id": moment.id.to_string(),
        "user": moment.user,
        "algorithm_id": moment.algorithm_id,
        "algorithm_name": moment.algorithm_name,
        "coin": moment.coin,
        "side": moment.side,
        "quantity": moment.quantity,
        "value_aud": moment.value,
        "order_status": moment.status,
        "order_created_at": moment.created_at.map(time),
        "order_filled_at": moment.filled_at.map(time),
        "is_second_check": moment.is_second,
    })
}

fn review(review: &Review) -> Value {
    json!({
        "number": review.number,
        "written_at": time(review.signature.at),
        "reviewer": review.signature.reviewer.email,
        "verdict": review.verdict.as_str(),
        "cause": review.cause,
        "action": review.action,
        "note": review.note,
        "known": {
            "rejections": review.known.rejections,
            "leaked_approvals": review.known.leaked_approvals,
            "leaked_orders": review.known.leaked_orders,
        },
    })
}

const fn needs(needs: Needs) -> &'static str {
    match needs {
        Needs::Reviewer => "reviewer",
        Needs::SecondReviewer => "second_reviewer",
        Needs::Clear => "clear",
        Needs::ReviewerAfterClear => "reviewer_after_clear",
    }
}
