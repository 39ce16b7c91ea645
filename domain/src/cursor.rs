//! Cursors: positions in a list at which a page begins. Opaque, and bound to a view and an order.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Datelike as _;

use crate::catalogue::{RowKey, View};
use crate::page::Order;
use crate::time::Timestamp;

/// Direction of a page from the cursor's row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// To the rows that come after it in the list's order.
    Forward,
    /// To the rows that come before it.
    Backward,
}

/// The row that a page begins after (or ends before).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Order of the list; the cursor is invalid for the other order.
    pub order: Order,
    /// Direction from the row.
    pub direction: Direction,
    /// The row's time.
    pub timestamp: Timestamp,
    /// The row's key.
    pub key: RowKey,
    /// Time of the first page, so that `last=7d` keeps the same bounds while paging.
    pub as_of: Timestamp,
}

impl Cursor {
    /// Prints the cursor of a page of `view`.
    #[must_use]
    pub fn print(&self, view: View) -> String {
        let direction = match self.direction {
            Direction::Forward => "f",
            Direction::Backward => "b",
        };
        URL_SAFE_NO_PAD.encode(format!(
            "1|{view}|{}|{direction}|{}|{}|{}",
            self.order.as_str(),
            self.timestamp.postgres_micros(),
            self.as_of.postgres_micros(),
            self.key
        ))
    }

    /// Parses a printed cursor for the same view and order.
    ///
    /// # Errors
    /// A message: not a cursor, of another view, or of another order.
    pub fn parse(text: &str, view: View, order: Order) -> Result<Self, String> {
        let cursor = Self::decode(text, view)?;
        if cursor.order == order {
            Ok(cursor)
        } else {
            Err(format!(
                "this cursor belongs to order={}, not order={}",
                cursor.order.as_str(),
                order.as_str()
            ))
        }
    }

    fn decode(text: &str, view: View) -> Result<Self, String> {
        let broken = || "takes a cursor that the console gave out, unchanged".to_owned();
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| broken())?;
        let plain = String::from_utf8(bytes).map_err(|_| broken())?;
        let mut parts = plain.splitn(7, '|');
        let mut next = || parts.next().ok_or_else(broken);
        if next()? != "1" {
            return Err(broken());
        }
        let of = next()?;
        if of != view.name {
            return Err(format!("this cursor belongs to {of}, not {view}"));
        }
        let order = Order::parse(next()?).ok_or_else(broken)?;
        let direction = match next()? {
            "f" => Direction::Forward,
            "b" => Direction::Backward,
            _ => return Err(broken()),
        };
        let mut moment = || -> Result<Timestamp, String> {
            let micros = next()?.parse().map_err(|_| broken())?;
            let at = Timestamp::from_postgres_micros(micros);
            at.is_storable().then_some(at).ok_or_else(broken)
        };
        let (timestamp, as_of) = (moment()?, moment()?);
        // Reject implausible years: a forged time could be outside every calendar.
        let shown = as_of.to_chrono().map(|at| at.year());
        if !shown.is_some_and(|year| (2000..=9999).contains(&year)) {
            return Err(broken());
        }
        Ok(Self {
            order,
            direction,
            timestamp,
            as_of,
            key: next()
                .ok()
                .and_then(|key| view.key.parse(key))
                .ok_or_else(broken)?,
        })
    }
}
