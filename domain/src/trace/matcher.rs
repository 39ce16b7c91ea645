//! The state machine that assigns every row of an ordered stream to a trace.

use std::collections::HashMap;

use uuid::Uuid;

use super::step::{agree, pays};
use super::{Chain, LINK_WITHIN, Link, MOST_OTHERS, Placed, RowId, Rule, Step, StepKind};
use crate::check::SECOND_CHECK_WITHIN;
use crate::rejection::{PAIRED_WITHIN, RejectionRow};
use crate::time::Timestamp;

/// Properties of a chain's trade, for matching further rows.
#[derive(Clone, Debug)]
struct Trade {
    user: Option<Uuid>,
    algorithm: Option<String>,
    quantity: Option<f64>,
    /// Value in AUD of the first check.
    value: Option<f64>,
    /// Reason of the rejection.
    reason: Option<String>,
}

/// A chain that a row may belong to.
struct Candidate {
    chain: usize,
    to: RowId,
    distance: i64,
    rule: Rule,
}

type Market = (Option<String>, Option<String>);

/// Assigns rows to traces. Rows must be ordered by [`Step::place`].
#[derive(Clone, Debug, Default)]
pub struct Matcher {
    chains: Vec<(Chain, Trade)>,
    /// Chains that may still grow, by coin and side, in order of their first row.
    open: HashMap<Market, Vec<usize>>,
    /// Error rows of rejections without a warning row yet, by user.
    errors: HashMap<Option<Uuid>, Vec<Placed>>,
    /// The chain of each row.
    chain_of: HashMap<RowId, usize>,
    /// Chains of decisions whose order has not been seen yet, by the order's id.
    expecting: HashMap<Uuid, usize>,
    taken: usize,
}

/// Number of rows after which complete chains are removed from `open`.
const SETTLE_EVERY: usize = 512;

impl Matcher {
    /// Matches rows that may be in any order.
    #[must_use]
    pub fn of(mut steps: Vec<Step>) -> Self {
        steps.sort_by_key(Step::place);
        let mut matcher = Self::default();
        for step in &steps {
            matcher.take(step);
        }
        matcher
    }

    /// The trace of a row; `None` if the stream did not contain it.
    #[must_use]
    pub fn chain_of(&self, row: RowId) -> Option<&Chain> {
        let at = *self.chain_of.get(&row)?;
        Some(&self.chains[at].0)
    }

    /// Every trace, in order of their first row.
    pub fn chains(&self) -> impl Iterator<Item = &Chain> {
        let chains = self.chains.iter().map(|(chain, _)| chain);
        // An error row that was paired with its warning row leaves an empty chain.
        chains.filter(|chain| chain.rows().next().is_some())
    }

    /// Processes the next row.
    pub fn take(&mut self, step: &Step) {
        self.taken += 1;
        if self.taken.is_multiple_of(SETTLE_EVERY) {
            self.settle(step.at);
        }
        match step.kind.clone() {
            StepKind::Signal => {
                let at = self.begin(step);
                self.chains[at].0.signal = Some(placed(step, Link::First));
            }
            StepKind::Approval { value } => self.approval(step, value),
            StepKind::Rejection { row, reason } => self.rejection(step, row, reason),
            StepKind::Order => self.order(step),
            StepKind::Decision {
                order,
                block_reason,
            } => self.decision(step, order, block_reason.as_deref()),
        }
    }

    fn approval(&mut self, step: &Step, value: Option<f64>) {
        let found = self.nearest(step, |chain, trade| {
            let (last, rule, within) = match (chain.checks.last(), &chain.signal) {
                (None, Some(signal)) => (signal, Rule::Verdict, LINK_WITHIN),
                (Some(check), _) if chain.checks.len() == 1 && trade.algorithm.is_some() => {
                    (check, Rule::SecondCheck, SECOND_CHECK_WITHIN)
                }
                _ => return None,
            };
            (chain.rejection.is_none() && trade.is_of(step) && agree(trade.quantity, step.quantity))
                .then_some((last, rule, within))
        });
        let (at, link) = self.join(step, found);
        let (chain, trade) = &mut self.chains[at];
        chain.checks.push(placed(step, link));
        trade.value = trade.value.or(value);
        trade.quantity = trade.quantity.or(step.quantity);
    }

    fn rejection(&mut self, step: &Step, row: RejectionRow, reason: Option<String>) {
        if row == RejectionRow::KillSwitchError {
            let at = self.begin(step);
            self.chains[at].0.rejection_error = Some(placed(step, Link::First));
            let alone = self.errors.entry(step.user).or_default();
            alone.push(placed(step, Link::First));
            return;
        }
        let found = self.nearest(step, |chain, trade| {
            let last = match (chain.checks.as_slice(), &chain.signal) {
                ([], Some(signal)) => signal,
                ([check], _) => check,
                _ => return None,
            };
            (chain.rejection.is_none() && trade.is_of(step) && agree(trade.quantity, step.quantity))
                .then_some((last, Rule::Verdict, LINK_WITHIN))
        });
        let (at, link) = self.join(step, found);
        if row == RejectionRow::KillSwitchWarning
            && let Some(error) = self.partner(step)
        {
            let lone = self.chain_of.insert(error.row, at);
            if let Some(lone) = lone {
                self.chains[lone].0.rejection_error = None;
            }
            let distance = step.at.micros_since(error.at);
            let link = Link::Inferred {
                rule: Rule::DoubledRejection,
                to: step.id,
                distance,
                others: Vec::new(),
            };
            self.chains[at].0.rejection_error = Some(Placed { link, ..error });
        }
        let (chain, trade) = &mut self.chains[at];
        chain.rejection = Some(placed(step, link));
        trade.reason = reason;
    }

    /// The earliest unpaired error row of the same user within reach, as in [`crate::rejection::Pairing`].
    fn partner(&mut self, step: &Step) -> Option<Placed> {
        let alone = self.errors.get_mut(&step.user)?;
        alone.retain(|error| step.at.micros_since(error.at) <= PAIRED_WITHIN);
        (!alone.is_empty()).then(|| alone.remove(0))
    }

    fn order(&mut self, step: &Step) {
        if let RowId::Order(id) = step.id
            && let Some(at) = self.expecting.remove(&id)
        {
            self.chains[at].0.order = Some(placed(step, Link::Key));
            self.chain_of.insert(step.id, at);
            return;
        }
        let look = |exactly: bool| {
            self.nearest(step, |chain, trade| {
                let fits = chain.order.is_none()
                    && trade.is_of(step)
                    && (!exactly || pays(step.quantity, trade.quantity, trade.value));
                fits.then_some((chain.checks.first()?, Rule::Order, LINK_WITHIN))
            })
        };
        let mut found = look(true);
        if found.is_empty() {
            found = look(false);
        }
        let (at, link) = self.join(step, found);
        self.chains[at].0.order = Some(placed(step, link));
    }

    fn decision(&mut self, step: &Step, order: Option<Uuid>, block_reason: Option<&str>) {
        let known = order.and_then(|id| self.chain_of.get(&RowId::Order(id)).copied());
        if let Some(at) = known {
            let (chain, _) = &self.chains[at];
            if chain.decision.is_none() {
                self.chains[at].0.decision = Some(placed(step, Link::Key));
                self.chain_of.insert(step.id, at);
            } else {
                // A second decision that refers to the same order: the order is in both traces.
                let order = chain.order.clone();
                let at = self.begin(step);
                let chain = &mut self.chains[at].0;
                chain.decision = Some(placed(step, Link::First));
                chain.order = order.map(|order| Placed {
                    link: Link::Key,
                    ..order
                });
            }
            return;
        }
        let look = |same_words: bool| {
            self.nearest(step, |chain, trade| {
                let named = step.algorithm.is_none() || step.algorithm == trade.algorithm;
                if chain.decision.is_some() || chain.order.is_some() || !named {
                    return None;
                }
                match (&chain.rejection, block_reason) {
                    (Some(rejection), Some(words)) => {
                        let fits = !same_words || trade.reason.as_deref() == Some(words);
                        fits.then_some((rejection, Rule::Blocked, LINK_WITHIN))
                    }
                    (None, None) => {
                        let last = chain.checks.last().or(chain.signal.as_ref())?;
                        Some((last, Rule::Undelivered, LINK_WITHIN))
                    }
                    _ => None,
                }
            })
        };
        let mut found = look(true);
        if found.is_empty() {
            found = look(false);
        }
        let (at, link) = self.join(step, found);
        self.chains[at].0.decision = Some(placed(step, link));
        if let Some(id) = order {
            self.expecting.insert(id, at);
        }
    }

    /// Starts a new chain with a row.
    fn begin(&mut self, step: &Step) -> usize {
        let at = self.chains.len();
        let trade = Trade {
            user: step.user,
            algorithm: step.algorithm.clone(),
            quantity: step.quantity,
            value: None,
            reason: None,
        };
        self.chains.push((Chain::default(), trade));
        let market = (step.coin.clone(), step.side.clone());
        self.open.entry(market).or_default().push(at);
        self.chain_of.insert(step.id, at);
        at
    }

    /// The chain that the row joins: that of the nearest candidate, else a new one.
    fn join(&mut self, step: &Step, mut found: Vec<Candidate>) -> (usize, Link) {
        if found.is_empty() {
            return (self.begin(step), Link::First);
        }
        let nearest = found.remove(0);
        let others = found.iter().take(MOST_OTHERS);
        let link = Link::Inferred {
            rule: nearest.rule,
            to: nearest.to,
            distance: nearest.distance,
            others: others.map(|other| other.to).collect(),
        };
        self.chain_of.insert(step.id, nearest.chain);
        (nearest.chain, link)
    }

    /// Open chains of the row's coin and side with a row that, according to `fits`, it follows; nearest first.
    fn nearest<'a>(
        &'a self,
        step: &Step,
        fits: impl Fn(&'a Chain, &Trade) -> Option<(&'a Placed, Rule, i64)>,
    ) -> Vec<Candidate> {
        let market = (step.coin.clone(), step.side.clone());
        // A row without coin or side cannot be matched.
        let open = match (&market, self.open.get(&market)) {
            ((None, _) | (_, None), _) | (_, None) => return Vec::new(),
            (_, Some(open)) => open,
        };
        let mut found: Vec<Candidate> = Vec::new();
        for &chain in open.iter().rev() {
            let (rows, trade) = &self.chains[chain];
            let Some((last, rule, within)) = fits(rows, trade) else {
                continue;
            };
            let distance = step.at.micros_since(last.at);
            if (0..=within).contains(&distance) {
                let to = last.row;
                found.push(Candidate {
                    chain,
                    to,
                    distance,
                    rule,
                });
            }
        }
        found.sort_by_key(|candidate| candidate.distance);
        found
    }

    /// Removes chains from `open` whose last row is older than the reach of every rule.
    fn settle(&mut self, now: Timestamp) {
        let scan_progress = LINK_WITHIN.max(SECOND_CHECK_WITHIN);
        let chains = &self.chains;
        self.open.retain(|_, open| {
            open.retain(|at| {
                let last = chains[*at].0.rows().map(|placed| placed.at).max();
                last.is_some_and(|last| now.micros_since(last) <= scan_progress)
            });
            !open.is_empty()
        });
    }
}

impl Trade {
    /// Whether a row has the same user and algorithm.
    fn is_of(&self, step: &Step) -> bool {
        self.user == step.user && self.algorithm == step.algorithm
    }
}

fn placed(step: &Step, link: Link) -> Placed {
    Placed {
        row: step.id,
        at: step.at,
        link,
    }
}
