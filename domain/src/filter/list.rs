//! The complete query of a list: time, words, order, page, columns and the view's own filter.

use chrono_tz::Tz;

use super::cols::Columns;
use super::range::{TimeFilter, Window};
use super::words::Words;
use crate::catalogue::{Filter, View};
use crate::cursor::Cursor;
use crate::page::{Limit, Order};
use crate::query::{Pairs, ParamError, Params};
use crate::time::Timestamp;
use crate::zone;

/// The parameters that every list accepts.
pub const COMMON: &[&str] = &[
    "from", "to", "last", "tz", "q", "order", "limit", "cols", "counts", "after",
];

/// The contents of a list's URL.
#[derive(Clone, Debug, PartialEq)]
pub struct ListQuery {
    /// The view.
    pub view: View,
    /// The span of time.
    pub time: TimeFilter,
    /// The time zone given in the URL.
    pub tz: Option<Tz>,
    /// Search words, all of which must occur.
    pub words: Words,
    /// The order.
    pub order: Order,
    /// Rows per page.
    pub limit: Limit,
    /// The columns of the table, if given.
    pub cols: Option<Columns>,
    /// `counts=exact`: whether histogram and facets must be exact, however long that takes.
    pub exact_counts: bool,
    /// Position of the page.
    pub after: Option<Cursor>,
    /// The values of the view's own parameters.
    pub filter: Filter,
}

impl ListQuery {
    /// The query for all rows of a view.
    #[must_use]
    pub fn all(view: View) -> Self {
        Self {
            view,
            time: TimeFilter::default(),
            tz: None,
            words: Words::default(),
            order: Order::default(),
            limit: Limit::default(),
            cols: None,
            exact_counts: false,
            after: None,
            filter: Filter::default(),
        }
    }

    /// Reads a raw query string (without the `?`).
    ///
    /// # Errors
    /// When a parameter is unknown or has an invalid value; the error names it.
    pub fn parse(view: View, raw: &str) -> Result<Self, ParamError> {
        Self::from_params(view, Params::parse(raw)?)
    }

    /// Takes every parameter.
    ///
    /// # Errors
    /// When parameters are unknown or have invalid values; the error names them.
    pub fn from_params(view: View, params: Params) -> Result<Self, ParamError> {
        let (query, taken) = Self::read(view, params);
        taken.map(|()| query)
    }

    /// Takes every parameter. Invalid ones are reported and left out of the query.
    pub fn read(view: View, mut params: Params) -> (Self, Result<(), ParamError>) {
        let source = &mut params;
        let order = source.or_default(take_order);
        let query = Self {
            view,
            time: TimeFilter::take(source),
            tz: source.or_default(|params| {
                let name = params.take_one("tz")?;
                name.map(|name| parse_tz(&name)).transpose()
            }),
            words: source.or_default(Words::take),
            order,
            limit: source.or_default(take_limit),
            cols: source.or_default(|params| Columns::take(params, view)),
            exact_counts: source.or_default(take_counts),
            after: source.or_default(|params| {
                let parse = |text: String| {
                    Cursor::parse(&text, view, order)
                        .map_err(|message| ParamError::new("after", message))
                };
                params.take_one("after")?.map(parse).transpose()
            }),
            filter: Filter::take(&view, source),
        };
        let own = view.0.params.iter().map(|param| param.name);
        let takes: Vec<&str> = COMMON.iter().copied().chain(own).collect();
        (query, params.finish(&takes))
    }

    /// Whether its rows depend on a time zone that it does not contain, because it has days as bounds.
    #[must_use]
    pub fn lacks_zone(&self) -> bool {
        self.tz.is_none() && self.time.has_days()
    }

    /// Adds the time zone if the rows depend on one that is not given, so that the URL means the same rows for
    /// everybody.
    #[must_use]
    pub fn with_zone(self, zone: Tz) -> Self {
        let tz = if self.lacks_zone() {
            Some(zone)
        } else {
            self.tz
        };
        Self { tz, ..self }
    }

    /// Prints the canonical pairs, including those of the page's position (`limit`, `after`).
    #[must_use]
    pub fn pairs(&self) -> Pairs {
        let mut out = self.filter_pairs();
        if let Some(tz) = self.tz {
            out.push("tz", tz.name());
        }
        if self.order != Order::default() {
            out.push("order", self.order.as_str());
        }
        if self.limit != Limit::default() {
            out.push("limit", self.limit.rows().to_string());
        }
        if let Some(cols) = &self.cols {
            out.push("cols", cols.print());
        }
        if self.exact_counts {
            out.push("counts", "exact");
        }
        if let Some(after) = &self.after {
            out.push("after", after.print(self.view));
        }
        out
    }

    /// Prints only the pairs that filter the list: those of the chips.
    #[must_use]
    pub fn filter_pairs(&self) -> Pairs {
        let mut out = Pairs::default();
        self.words.print(&mut out);
        self.time.print(&mut out);
        self.filter.print(&mut out);
        out
    }

    /// The window of time that the list covers. While paging, `last` keeps ending at the time of the first page.
    ///
    /// # Errors
    /// When `from` is after `to`.
    pub fn window(&self, zone: Tz, now: Timestamp) -> Result<Window, ParamError> {
        self.time.window(zone, self.as_of(now))
    }

    /// Time at which the first page was shown, from the cursor, else `now`.
    #[must_use]
    pub fn as_of(&self, now: Timestamp) -> Timestamp {
        self.after.as_ref().map_or(now, |cursor| cursor.as_of)
    }

    /// The same query at the page of `cursor`.
    #[must_use]
    pub fn at(&self, cursor: Cursor) -> Self {
        Self {
            after: Some(cursor),
            ..self.clone()
        }
    }

    /// The query of an export of the same rows: with absolute bounds, without page position and columns.
    ///
    /// A list without an end keeps growing. From its first page, `newest_shown` becomes the end, so that the export
    /// contains what the page covers and nothing that arrives later. From other pages the end stays open, since newer
    /// rows may exist and none may be lost.
    #[must_use]
    pub fn pinned(&self, window: Window, newest_shown: Option<Timestamp>) -> Self {
        let on_first_page = self.after.is_none() && self.order == Order::Newest;
        let end = newest_shown.filter(|at| on_first_page && at.has_rfc3339());
        let window = Window {
            to: window.to.or(end),
            ..window
        };
        Self {
            time: window.pinned(),
            limit: Limit::default(),
            cols: None,
            exact_counts: false,
            after: None,
            ..self.clone()
        }
    }
}

fn take_order(params: &mut Params) -> Result<Order, ParamError> {
    match params.take_one("order")? {
        None => Ok(Order::default()),
        Some(text) => Order::parse(&text)
            .ok_or_else(|| ParamError::wrong_value("order", &text, "newest or oldest")),
    }
}

fn take_limit(params: &mut Params) -> Result<Limit, ParamError> {
    match params.take_one("limit")? {
        None => Ok(Limit::default()),
        Some(text) => {
            text.parse().ok().and_then(Limit::new).ok_or_else(|| {
                ParamError::wrong_value("limit", &text, "a whole number from 1 to 500")
            })
        }
    }
}

fn take_counts(params: &mut Params) -> Result<bool, ParamError> {
    match params.take_one("counts")?.as_deref() {
        None | Some("about") => Ok(false),
        Some("exact") => Ok(true),
        Some(other) => Err(ParamError::wrong_value("counts", other, "about or exact")),
    }
}

/// Parses the value of parameter `tz`.
///
/// # Errors
/// When it is not an IANA time zone name.
pub fn parse_tz(name: &str) -> Result<Tz, ParamError> {
    zone::parse(name).ok_or_else(|| {
        ParamError::wrong_value("tz", name, "an IANA zone name (Australia/Sydney, UTC)")
    })
}
