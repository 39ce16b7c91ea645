//! Trading agents: strategies with a name, an owner and a book.

use rand::Rng;
use rand::rngs::StdRng;
use uuid::Uuid;

use super::market::COIN_COUNT;
use super::people::random_id;
use super::strategy::{Strategy, Windows};
use super::time::Instant;

/// Index of the strategist's account among the portfolios.
pub const STRATEGIST: usize = 0;
/// Index of the customer's.
pub const CUSTOMER: usize = 1;

/// A registered algorithm: a row of `algorithms` and one of `deployed_algorithms`.
pub struct Algorithm {
    /// `algorithms.id`.
    pub id: Uuid,
    /// The id as JSON has it.
    pub id_text: String,
    /// `deployed_algorithms.id`.
    pub deployment_id: Uuid,
    /// Name.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub description: &'static str,
    /// Parameters as JSON text.
    pub parameters: &'static str,
}

/// What an agent holds and has earned.
#[derive(Default)]
pub struct Book {
    /// Coins held.
    pub coins: [f64; COIN_COUNT],
    /// Cost of the coins in AUD.
    pub cost: [f64; COIN_COUNT],
    /// Realised profit, AUD.
    pub profit: f64,
    /// Filled trades.
    pub trades: i64,
    /// When it last decided.
    pub last_decision: Option<Instant>,
}

impl Book {
    /// Cost of the open positions in AUD, which the exposure limit applies to.
    pub fn exposure(&self) -> f64 {
        self.cost.iter().sum()
    }
}

/// An agent.
pub struct Agent {
    /// `trade_audit.agent_id`: `algo:<uuid>` or a free name.
    pub id: String,
    /// `None` for an agent without a registered algorithm.
    pub algorithm: Option<Algorithm>,
    /// Owner of the portfolio: [`STRATEGIST`] or [`CUSTOMER`].
    pub owner: usize,
    /// How it decides.
    pub strategy: Strategy,
    /// Relative frequency of its decisions.
    pub weight: u32,
    /// Observed prices.
    pub windows: Windows,
    /// Its book.
    pub book: Book,
}

impl Agent {
    /// The algorithm's id.
    pub fn algorithm_id(&self) -> Option<Uuid> {
        self.algorithm.as_ref().map(|algorithm| algorithm.id)
    }
}

struct Profile {
    name: &'static str,
    description: &'static str,
    parameters: &'static str,
    strategy: Strategy,
    owner: usize,
    weight: u32,
    free_name: Option<&'static str>,
    registered: bool,
}

const PROFILES: [Profile; 6] = [
    Profile {
        name: "MA Crossover 5/20",
        description: "Buys when the mean of the last 5 prices rises above that of the last 20, sells when it falls below.",
        parameters: "{\"short_window\": 5, \"long_window\": 20}",
        strategy: Strategy::MovingAverageCrossover { short: 5, long: 20 },
        owner: STRATEGIST,
        weight: 26,
        free_name: None,
        registered: true,
    },
    Profile {
        name: "MA Crossover 10/50",
        description: "The slower crossover: 10 prices against 50.",
        parameters: "{\"short_window\": 10, \"long_window\": 50}",
        strategy: Strategy::MovingAverageCrossover {
            short: 10,
            long: 50,
        },
        owner: STRATEGIST,
        weight: 18,
        free_name: None,
        registered: true,
    },
    Profile {
        name: "Bollinger Reversion",
        description: "Buys below the lower Bollinger band of 20 prices and sells above the upper one.",
        parameters: "{\"window\": 20, \"band_width\": 2.0}",
        strategy: Strategy::BollingerReversion,
        owner: STRATEGIST,
        weight: 22,
        free_name: None,
        registered: true,
    },
    Profile {
        name: "Momentum 14",
        description: "Follows the return over the last 14 prices.",
        parameters: "{\"lookback\": 14}",
        strategy: Strategy::Momentum,
        owner: CUSTOMER,
        weight: 16,
        free_name: None,
        registered: true,
    },
    Profile {
        name: "Momentum v1",
        description: "The first momentum strategy, which still reports under its own name.",
        parameters: "{\"lookback\": 14, \"legacy\": true}",
        strategy: Strategy::Momentum,
        owner: STRATEGIST,
        weight: 12,
        free_name: Some("strategy_momentum_v1"),
        registered: true,
    },
    Profile {
        name: "Mean reversion v2",
        description: "An experiment that was never registered.",
        parameters: "{}",
        strategy: Strategy::BollingerReversion,
        owner: STRATEGIST,
        weight: 6,
        free_name: Some("strategy_mean_reversion_v2"),
        registered: false,
    },
];

/// An algorithm that is deployed and active but never runs.
const SILENT: Profile = Profile {
    name: "MA Crossover 20/50",
    description: "The slowest crossover: 20 prices against 50.",
    parameters: "{\"short_window\": 20, \"long_window\": 50}",
    strategy: Strategy::MovingAverageCrossover {
        short: 20,
        long: 50,
    },
    owner: STRATEGIST,
    weight: 0,
    free_name: None,
    registered: true,
};

/// The trading agents; deterministic for a generator state.
pub fn cast(rng: &mut StdRng) -> Vec<Agent> {
    PROFILES.iter().map(|profile| profile.agent(rng)).collect()
}

/// An agent that is deployed like the others but never asked to decide.
pub fn silent(rng: &mut StdRng) -> Agent {
    SILENT.agent(rng)
}

impl Profile {
    fn agent(&self, rng: &mut StdRng) -> Agent {
        let (id, deployment_id) = (random_id(rng), random_id(rng));
        let algorithm = self.registered.then(|| Algorithm {
            id,
            id_text: id.to_string(),
            deployment_id,
            name: self.name,
            description: self.description,
            parameters: self.parameters,
        });
        Agent {
            id: self
                .free_name
                .map_or_else(|| format!("algo:{id}"), str::to_owned),
            algorithm,
            owner: self.owner,
            strategy: self.strategy,
            weight: self.weight,
            windows: Windows::default(),
            book: Book::default(),
        }
    }
}

/// Picks an agent at random, by weight.
pub fn pick_agent(agents: &[Agent], rng: &mut StdRng) -> usize {
    let total: u32 = agents.iter().map(|agent| agent.weight).sum();
    let mut ticket = rng.random_range(0..total);
    agents
        .iter()
        .position(|agent| {
            let here = ticket < agent.weight;
            ticket = ticket.saturating_sub(agent.weight);
            here
        })
        .unwrap_or_default()
}
