//! The filter of `/events`.

use uuid::Uuid;

use super::any_of::{AnyOf, FilterValue, ParamEnum, Text};
use super::details::DetailsFilter;
use super::list::ViewFilter;
use crate::query::{Pairs, Params};
use crate::view::View;

/// How grave an event is, in the engine's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// `info`
    Info,
    /// `warning`
    Warning,
    /// `error`
    Error,
    /// `critical`
    Critical,
}

impl ParamEnum for Severity {
    const VALUES: &'static [(Self, &'static str)] = &[
        (Self::Info, "info"),
        (Self::Warning, "warning"),
        (Self::Error, "error"),
        (Self::Critical, "critical"),
    ];
    const EXPECTED: &'static str = "info, warning, error or critical";
}

/// Who acted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Nobody: rows without a user.
    System,
    /// The user of this id.
    Id(Uuid),
    /// The user of this e-mail, whatever its case.
    Email(String),
}

impl FilterValue for Actor {
    const EXPECTED: &'static str = "a user id, an e-mail or system";

    fn parse(text: &str) -> Option<Self> {
        if text == "system" {
            Some(Self::System)
        } else if let Ok(id) = Uuid::try_parse(text) {
            Some(Self::Id(id))
        } else {
            text.contains('@').then(|| Self::Email(text.to_owned()))
        }
    }

    fn print(&self) -> String {
        match self {
            Self::System => "system".to_owned(),
            Self::Id(id) => id.to_string(),
            Self::Email(email) => email.clone(),
        }
    }
}

/// What `/events` can be narrowed by.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EventFilter {
    /// `type`: event types, exactly.
    pub event_type: AnyOf<Text>,
    /// `severity`
    pub severity: AnyOf<Severity>,
    /// `actor`
    pub actor: AnyOf<Actor>,
    /// `details.PATH`
    pub details: DetailsFilter,
}

impl ViewFilter for EventFilter {
    const VIEW: View = View::Events;
    const PARAMS: &'static [&'static str] = &["type", "severity", "actor", "details.PATH"];
    type Key = Uuid;

    fn take(params: &mut Params) -> Self {
        Self {
            event_type: AnyOf::take(params, "type"),
            severity: AnyOf::take(params, "severity"),
            actor: AnyOf::take(params, "actor"),
            details: DetailsFilter::take(params),
        }
    }

    fn print(&self, out: &mut Pairs) {
        self.event_type.print("type", out);
        self.severity.print("severity", out);
        self.actor.print("actor", out);
        self.details.print(out);
    }
}
