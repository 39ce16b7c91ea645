//! `/api/v1/kill-switch/{id}`: one episode's dossier.

use axum::Json;
use axum::extract::{Path, State};
use domain::dossier::{Dossier, LeakedValue, PriorState, RiskRule, TimelineEntry};
use domain::episode::{Episode, KillSwitchEvent, Mechanism};
use domain::filter::ParamEnum as _;
use domain::review::{Needs, Review, ReviewProgress};
use domain::wire;
use serde_json::value::RawValue;

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
) -> Result<Json<wire::Dossier>, AppError> {
    let id = uuid(&id, EPISODE)?;
    let data = EpisodeData::open(&app, &reader, id, SpanQuery::default()).await?;
    Ok(Json(answer(
        &data.dossier,
        &data.reviews,
        &data.review_progress,
    )))
}

fn answer(dossier: &Dossier, reviews: &[Review], progress: &ReviewProgress) -> wire::Dossier {
    let Dossier {
        episode,
        effect,
        leaks,
        risk_context,
        ..
    } = dossier;
    let entries = |entries: &[TimelineEntry]| {
        let entries = entries.iter().map(|entry| timeline_entry(episode, entry));
        entries.collect()
    };
    wire::Dossier {
        id: episode.key().to_string(),
        mechanism: episode.mechanism.as_str().to_owned(),
        enforced: episode.mechanism == Mechanism::EmergencyStop,
        activated_at: episode.activated_at(),
        activated_by: episode.first().actor(),
        cleared_at: episode.cleared_at(),
        cleared_by: episode.cleared().map(KillSwitchEvent::actor),
        duration_micros: episode.duration_micros(),
        rejections: effect.rejections,
        leaked_approvals: effect.leaked_approvals,
        leaked_orders: effect.leaked_orders,
        leaked_value_aud: dossier.value.as_ref().map(leaked_value),
        events: events(episode),
        overlapping: ids(&dossier.overlapping),
        before: already_open(&dossier.before),
        preceding_15_minutes: wire::Preceding {
            approvals: dossier.preceding.approvals,
            market_volatile: dossier.preceding.volatile,
            orders: dossier.preceding.orders,
            rejections: dossier.preceding.rejections,
            signals: dossier.preceding.signals,
        },
        leaks: entries(&leaks.entries),
        leaks_cut: leaks.more,
        in_flight: entries(&leaks.in_flight),
        in_flight_cut: leaks.more_in_flight,
        open_orders_at_activation: leaks.open_at_activation,
        last_fill_at: leaks.last_fill,
        resumption: dossier.resumption.map(|resumption| wire::Resumption {
            first_approval_at: resumption.approval,
            first_order_at: resumption.order,
        }),
        risk_rules: (risk_context.rules.as_ref())
            .map(|rules| rules.iter().map(risk_rule).collect()),
        equity_aud: (risk_context.equity.iter())
            .map(|(at, value)| wire::EquityPoint {
                at: *at,
                value: value.as_str().to_owned(),
            })
            .collect(),
        review: wire::ReviewSummary {
            due_at: progress.due_at,
            needs: progress.needs.map(needs),
            reviewed_at: progress.completed_at,
            reviewed_by: progress.reviewers.clone(),
            state: progress.state.as_str().to_owned(),
        },
        reviews: reviews.iter().map(review).collect(),
    }
}

fn ids(episodes: &[Episode]) -> Vec<String> {
    episodes.iter().map(|e| e.key().to_string()).collect()
}

fn leaked_value(value: &LeakedValue) -> wire::LeakedValue {
    wire::LeakedValue {
        approvals_without_value: value.without_value,
        approved_each_trade_once: value.approved_once.to_string(),
        approved_with_second_checks: value.approved_all.to_string(),
        filled: value.filled.to_string(),
        filled_orders: value.filled_orders,
        filled_orders_without_price: value.filled_without_price,
        second_checks: value.second_checks,
    }
}

fn already_open(before: &PriorState) -> wire::AlreadyOpen {
    wire::AlreadyOpen {
        last_event: before.last.as_ref().map(|event| wire::LastEvent {
            event_type: event.event.event_type.clone(),
            id: event.event.id.to_string(),
            timestamp: event.event.timestamp,
        }),
        open_episodes: ids(&before.open),
    }
}

fn events(episode: &Episode) -> Vec<wire::DossierEvent> {
    let roles = std::iter::once("activation")
        .chain(std::iter::repeat("activation, second row"))
        .zip(&episode.activation)
        .chain(std::iter::repeat("activation while active").zip(&episode.repeats))
        .chain(std::iter::repeat("clear").zip(episode.cleared()));
    roles
        .map(|(role, event)| wire::DossierEvent {
            id: event.event.id.to_string(),
            role: role.to_owned(),
            timestamp: event.event.timestamp,
            event_type: event.event.event_type.clone(),
            severity: event.event.severity.clone(),
            actor: event.actor(),
            details: raw(event.event.details.as_deref()),
        })
        .collect()
}

/// PostgreSQL's json is always well-formed.
fn raw(details: Option<&str>) -> Option<Box<RawValue>> {
    RawValue::from_string(details?.to_owned()).ok()
}

fn timeline_entry(episode: &Episode, entry: &TimelineEntry) -> wire::TimelineEntry {
    wire::TimelineEntry {
        algorithm_id: entry.algorithm_id.clone(),
        algorithm_name: entry.algorithm_name.clone(),
        coin: entry.coin.clone(),
        id: entry.id.to_string(),
        is_second_check: entry.is_second,
        kind: entry.kind.as_str().to_owned(),
        micros_after_activation: entry.at.micros_since(episode.activated_at()),
        order_created_at: entry.created_at,
        order_filled_at: entry.filled_at,
        order_status: entry.status.clone(),
        quantity: entry.quantity.clone(),
        side: entry.side.clone(),
        timestamp: entry.at,
        user: entry.user.clone(),
        value_aud: entry.value.clone(),
    }
}

fn risk_rule(rule: &RiskRule) -> wire::RiskRule {
    wire::RiskRule {
        name: rule.name.clone(),
        rule_type: rule.rule_type.clone(),
        updated_at: rule.updated_at,
        value: rule.value.clone(),
    }
}

fn review(review: &Review) -> wire::DossierReview {
    wire::DossierReview {
        action: review.action.clone(),
        cause: review.cause.clone(),
        known: wire::Known {
            leaked_approvals: review.known.leaked_approvals,
            leaked_orders: review.known.leaked_orders,
            rejections: review.known.rejections,
        },
        note: review.note.clone(),
        number: review.number,
        reviewer: review.signature.reviewer.email.clone(),
        verdict: review.verdict.as_str().to_owned(),
        written_at: review.signature.at,
    }
}

const fn needs(needs: Needs) -> wire::ReviewNeeds {
    match needs {
        Needs::Reviewer => wire::ReviewNeeds::Reviewer,
        Needs::SecondReviewer => wire::ReviewNeeds::SecondReviewer,
        Needs::Clear => wire::ReviewNeeds::Clear,
        Needs::ReviewerAfterClear => wire::ReviewNeeds::ReviewerAfterClear,
    }
}
