//! Tables of present state rather than a stream: accounts, algorithms, deployments, promotions, rules, settings.

use super::agents::{Agent, Algorithm};
use super::findings::{self, Subject};
use super::guard::{RULES, RuleLimit};
use super::rows::Rows;
use super::table::Table;
use super::time::{DAY, HOUR, Instant, SECOND};
use super::trading::Engine;

/// How often an algorithm shall run, seconds.
const FREQUENCY: i64 = 300;
/// Periods without a run after which an algorithm is silent.
const SILENT_PERIODS: i64 = 10;

impl Engine {
    /// Writes them all, as they stand now; what was set up beforehand is dated before `start`.
    pub(super) fn write_reference(&self, start: Instant, rows: &mut Rows) {
        self.people.write(start, rows);
        self.write_algorithms(start, rows);
        self.write_promotions(start, rows);
        self.write_rules(start, rows);
        self.alerts.write(start, rows);
        self.setting.write(rows);
        for portfolio in &self.portfolios {
            portfolio.write(rows);
        }
    }

    /// Records deployments that have been inactive for too long at `end`. In a sparse history this includes trading
    /// ones.
    pub(super) fn judge_silence(&mut self, end: Instant) {
        let latest = end + -SILENT_PERIODS * FREQUENCY * SECOND;
        let silent: Vec<Subject> = self
            .registered()
            .filter(|(agent, _)| agent.book.last_decision.is_none_or(|at| at < latest))
            .map(|(_, algorithm)| Subject::Deployment(algorithm.deployment_id))
            .collect();
        for deployment in silent {
            self.ground_truth.find(findings::SILENCE, deployment);
        }
    }

    /// The agents that are registered algorithms, the silent one last.
    fn registered(&self) -> impl Iterator<Item = (&Agent, &Algorithm)> {
        let agents = self.agents.iter().chain([&self.anomalies.silent]);
        agents.filter_map(|agent| Some((agent, agent.algorithm.as_ref()?)))
    }

    fn write_algorithms(&self, start: Instant, rows: &mut Rows) {
        let created = start + -14 * DAY;
        for (agent, algorithm) in self.registered() {
            rows.row(Table::Algorithms)
                .uuid(algorithm.id)
                .text(algorithm.name)
                .text(algorithm.description)
                .text("rule_based")
                .text("1.0.0")
                .text("active")
                .text(algorithm.parameters)
                .integer(FREQUENCY)
                .numeric(50_000.0, 2)
                .null()
                .uuid(self.people.strategist.id)
                .instant(created)
                .instant(created)
                .optional_instant(agent.book.last_decision)
                .end();
            rows.row(Table::DeployedAlgorithms)
                .uuid(algorithm.deployment_id)
                .uuid(self.portfolios[agent.owner].user_id)
                .uuid(algorithm.id)
                .text(algorithm.name)
                .boolean(true)
                .integer(FREQUENCY)
                .numeric(50_000.0, 2)
                .numeric(5_000.0, 2)
                .text(algorithm.parameters)
                .instant(created + 2 * DAY)
                .instant(agent.book.last_decision.unwrap_or(created + 2 * DAY))
                .instant(created + 2 * DAY)
                .null()
                .optional_instant(agent.book.last_decision)
                .numeric(agent.book.profit, 2)
                .integer(agent.book.trades)
                .end();
        }
    }

    fn write_promotions(&self, start: Instant, rows: &mut Rows) {
        for (index, (_, algorithm)) in (0_i64..).zip(self.registered()) {
            let created = start + -13 * DAY + index * HOUR;
            let (status, reviewed, rejection) = match index {
                3 => ("pending", None, None),
                4 => (
                    "rejected",
                    Some(self.people.admin2.id),
                    Some("Superseded by Momentum 14."),
                ),
                _ => ("approved", Some(self.people.admin.id), None),
            };
            rows.row(Table::StrategyPromotions)
                .uuid(algorithm.id)
                .text("paper")
                .text("floor")
                .text(status)
                .text("Thirty days on paper without a limit hit.")
                .text("{\"sharpe\": 1.31, \"max_drawdown\": 0.042}")
                .uuid(algorithm.deployment_id)
                .uuid(self.people.strategist.id)
                .instant(created)
                .instant(created + DAY)
                .optional_instant(reviewed.map(|_| created + DAY))
                .optional_uuid(reviewed)
                .optional_text(rejection)
                .end();
        }
    }

    fn write_rules(&self, start: Instant, rows: &mut Rows) {
        let created = start + -10 * DAY;
        for (rule, id) in RULES.iter().zip(self.rule_ids) {
            let value = match rule.limit {
                RuleLimit::Value(limit) => format!("{{\"max_value\": {limit}}}"),
                RuleLimit::Percentage(limit) => format!("{{\"max_percentage\": {limit}}}"),
            };
            rows.row(Table::RiskRule)
                .text(rule.name)
                .text(rule.description)
                .text("max_position_size")
                .text(&value)
                .boolean(rule.is_active)
                .uuid(id)
                .instant(created)
                .instant(created)
                .end();
        }
    }
}
