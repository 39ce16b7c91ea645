//! The filter of `/findings`.

use uuid::Uuid;

use super::any_of::{AnyOf, ParamEnum, Text};
use super::list::ViewFilter;
use crate::finding::{FindingState, Rule, Severity};
use crate::query::{Pairs, Params};
use crate::view::View;

impl ParamEnum for FindingState {
    const VALUES: &'static [(Self, &'static str)] =
        &[(Self::Open, "open"), (Self::Explained, "explained")];
    const EXPECTED: &'static str = "open or explained";
}

/// What `/findings` can be narrowed by.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FindingFilter {
    /// `rule`
    pub rule: AnyOf<Rule>,
    /// `severity`
    pub severity: AnyOf<Severity>,
    /// `asset`, exactly.
    pub asset: AnyOf<Text>,
    /// `algorithm`: an algorithm's id or name, exactly.
    pub algorithm: AnyOf<Text>,
    /// `state`
    pub state: AnyOf<FindingState>,
}

impl ViewFilter for FindingFilter {
    const VIEW: View = View::Findings;
    const PARAMS: &'static [&'static str] = &["rule", "severity", "asset", "algorithm", "state"];
    type Key = Uuid;

    fn take(params: &mut Params) -> Self {
        Self {
            rule: AnyOf::take(params, "rule"),
            severity: AnyOf::take(params, "severity"),
            asset: AnyOf::take(params, "asset"),
            algorithm: AnyOf::take(params, "algorithm"),
            state: AnyOf::take(params, "state"),
        }
    }

    fn print(&self, out: &mut Pairs) {
        self.rule.print("rule", out);
        self.severity.print("severity", out);
        self.asset.print("asset", out);
        self.algorithm.print("algorithm", out);
        self.state.print("state", out);
    }
}
