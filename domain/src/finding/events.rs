//! Rules on single rows: leaks, unknown ids, values out of range.

use uuid::Uuid;

use super::slice::{CollectorRow, DecisionRow, EventRow, Found, Known, OrderRow, Slice};
use super::{Finding, Rule, Subject, SubjectKind};
use crate::details::{APPROVED, SIGNAL, algorithm_of_agent};
use crate::dossier::Span;
use crate::episode::{Episode, Mechanism};
use crate::time::Timestamp;
use crate::trade::confidence_label;

pub(super) fn look(slice: &Slice, known: &Known<'_>, episodes: &[&Episode], found: &mut Found) {
    let inside = |at: Timestamp| slice.span.contains(at);
    for event in slice.events.iter().filter(|event| inside(event.at)) {
        look_at_event(event, known, episodes, found);
    }
    for order in slice.orders.iter().filter(|order| inside(order.at)) {
        look_at_order(order, known, episodes, found);
    }
    for decision in slice.decisions.iter().filter(|row| inside(row.at)) {
        look_at_decision(decision, known, found);
    }
    for signal in slice.collectors.iter().filter(|row| inside(row.at)) {
        look_at_collector(signal, found);
    }
}

fn look_at_event(event: &EventRow, known: &Known<'_>, episodes: &[&Episode], found: &mut Found) {
    // An approval is a leak regardless of its details.
    if event.event_type == APPROVED {
        leak(episodes, about(event), "approved", found);
    }
    if let Some(complaint) = &event.details.complaint {
        let summary = format!("{}: {complaint}.", event.event_type);
        found.add(Rule::UnreadableDetails, about(event), summary);
        return;
    }
    if event.event_type == SIGNAL
        && let Some(confidence) = &event.details.trade.confidence
        && !confidence.parse().is_ok_and(is_confidence)
    {
        let summary = format!("The signal’s confidence is {confidence}.");
        found.add(Rule::ConfidenceOutOfRange, about(event), summary);
    }
    for id in named_users(event) {
        let is_known = Uuid::try_parse(&id).is_ok_and(|id| known.users.contains(&id));
        if !is_known {
            let names = format!("{} {} names the user {id}", event.event_type, event.id);
            found.unknown(
                Rule::UnknownActor,
                SubjectKind::User,
                &id,
                about(event),
                &names,
            );
        }
    }
    if let Some(id) = &event.details.trade.algorithm {
        let names = format!("{} {} names the algorithm {id}", event.event_type, event.id);
        found.unknown_algorithm(known, id, about(event), &names);
    }
}

fn look_at_order(order: &OrderRow, known: &Known<'_>, episodes: &[&Episode], found: &mut Found) {
    let about = || About {
        subject: Subject::new(SubjectKind::Order, &order.id),
        at: order.at,
        asset: Some(order.coin.clone()),
        algorithm: order.algorithm.map(|id| id.to_string()),
    };
    leak(episodes, about(), "created", found);
    if let Some(id) = order.algorithm {
        let names = format!("Order {} names the algorithm {id}", order.id);
        found.unknown_algorithm(known, &id.to_string(), about(), &names);
    }
    if !known.users.contains(&order.user) {
        let names = format!("Order {} names the user {}", order.id, order.user);
        let id = order.user.to_string();
        found.unknown(Rule::UnknownActor, SubjectKind::User, &id, about(), &names);
    }
}

fn look_at_decision(decision: &DecisionRow, known: &Known<'_>, found: &mut Found) {
    let algorithm = algorithm_of_agent(&decision.agent).map(|id| id.to_string());
    let about = || About {
        subject: Subject::new(SubjectKind::Decision, &decision.id),
        at: decision.at,
        asset: Some(decision.asset.clone()),
        algorithm: algorithm.clone(),
    };
    if !is_confidence(decision.confidence) {
        let label = confidence_label(decision.confidence);
        let summary = format!("The decision’s confidence is {label}.");
        found.add(Rule::ConfidenceOutOfRange, about(), summary);
    }
    if let Some(id) = &algorithm {
        let names = format!("Decision {} names the algorithm {id}", decision.id);
        found.unknown_algorithm(known, id, about(), &names);
    }
    if let (Some(id), None, false) = (decision.order, &decision.order_state, decision.is_executed) {
        let names = format!("Decision {} names the order {id}", decision.id);
        let id = id.to_string();
        found.unknown(
            Rule::OrphanReference,
            SubjectKind::Order,
            &id,
            about(),
            &names,
        );
    }
}

fn look_at_collector(signal: &CollectorRow, found: &mut Found) {
    if !is_confidence(signal.strength) {
        let about = About {
            subject: Subject::new(SubjectKind::Signal, &signal.id),
            at: signal.at,
            asset: Some(signal.asset.clone()),
            algorithm: None,
        };
        let label = confidence_label(signal.strength);
        let summary = format!("The collector’s strength is {label}.");
        found.add(Rule::ConfidenceOutOfRange, about, summary);
    }
}

/// Subject and context of a finding.
pub(super) struct About {
    pub(super) subject: Subject,
    pub(super) at: Timestamp,
    pub(super) asset: Option<String>,
    pub(super) algorithm: Option<String>,
}

pub(super) fn about(event: &EventRow) -> About {
    About {
        subject: Subject::new(SubjectKind::Event, &event.id),
        at: event.at,
        asset: event.details.trade.coin.clone(),
        algorithm: event.details.trade.algorithm.clone(),
    }
}

impl Found {
    pub(super) fn add(&mut self, rule: Rule, about: About, summary: impl Into<String>) {
        let About {
            subject,
            at,
            asset,
            algorithm,
        } = about;
        self.findings.push(Finding {
            rule,
            subject,
            at,
            asset,
            algorithm,
            summary: summary.into(),
        });
    }

    /// Adds a finding for an id that its table does not have, once, at the first row with it.
    fn unknown(&mut self, rule: Rule, kind: SubjectKind, id: &str, about: About, names: &str) {
        let subject = Subject::new(kind, &id);
        let summary = format!("{names}, which does not exist.");
        let earlier = self
            .findings
            .iter_mut()
            .find(|finding| finding.rule == rule && finding.subject == subject);
        match earlier {
            Some(earlier) if (earlier.at, &earlier.summary) <= (about.at, &summary) => {}
            Some(later) => {
                later.at = about.at;
                later.asset = about.asset;
                later.algorithm = about.algorithm;
                later.summary = summary;
            }
            None => self.add(rule, About { subject, ..about }, summary),
        }
    }

    fn unknown_algorithm(&mut self, known: &Known<'_>, id: &str, about: About, names: &str) {
        let exists = Uuid::try_parse(id).is_ok_and(|id| known.algorithms.contains(&id));
        if !exists {
            let kind = SubjectKind::Algorithm;
            self.unknown(Rule::OrphanReference, kind, id, about, names);
        }
    }
}

/// Whether it is a valid confidence.
fn is_confidence(number: f64) -> bool {
    (0.0..=1.0).contains(&number)
}

/// The users in an event, as written there.
pub(super) fn named_users(event: &EventRow) -> Vec<String> {
    let column = event.user.map(|id| id.to_string());
    let details = event.details.trade.user.clone();
    let triggered_by = event.details.triggered_by.clone();
    let mut named: Vec<String> = column
        .into_iter()
        .chain(details)
        .chain(triggered_by)
        .collect();
    named.retain(|id| id != "system");
    named.dedup();
    named
}

/// Adds a finding if the row is inside an episode.
fn leak(episodes: &[&Episode], about: About, what: &str, found: &mut Found) {
    let mut stops = episodes
        .iter()
        .filter(|episode| Span::inside(episode).contains(about.at))
        .map(|episode| {
            let name = match episode.mechanism {
                Mechanism::EmergencyStop => "the emergency stop",
                Mechanism::Toggle => "the kill switch’s toggle",
            };
            format!("{name} was on (episode {})", episode.key())
        })
        .collect::<Vec<_>>();
    if stops.is_empty() {
        return;
    }
    stops.sort();
    let summary = format!("It was {what} while {}.", stops.join(" and "));
    found.add(Rule::LeakDuringStop, about, summary);
}
