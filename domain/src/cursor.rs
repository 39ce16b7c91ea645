//! Cursors: where in a list a page begins. Opaque to people, bound to the view and order they came from.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Datelike as _;
use uuid::Uuid;

use crate::page::Order;
use crate::time::Timestamp;
use crate::view::View;

/// What makes a row unique beside its time.
pub trait CursorKey: Clone + PartialEq + std::fmt::Debug + Send + Sync + 'static {
    /// As it stands in a cursor and in a row's URL.
    fn print(&self) -> String;
    /// Reads what [`CursorKey::print`] wrote.
    fn parse(text: &str) -> Option<Self>;
    /// The key that sorts before every other.
    fn least() -> Self;
    /// The key that sorts after every other.
    fn greatest() -> Self;
}

impl CursorKey for Uuid {
    fn print(&self) -> String {
        let mut buffer = Self::encode_buffer();
        self.hyphenated().encode_lower(&mut buffer).to_owned()
    }

    fn parse(text: &str) -> Option<Self> {
        Self::try_parse(text).ok()
    }

    fn least() -> Self {
        Self::nil()
    }

    fn greatest() -> Self {
        Self::max()
    }
}

/// Which way from the row a page goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// To the rows that come after it in the list's order.
    Forward,
    /// To the rows that come before it.
    Backward,
}

/// The row that a page begins after (or ends before).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor<K> {
    /// The list's order when the cursor was made; another order refuses it.
    pub order: Order,
    /// Which way from the row.
    pub direction: Direction,
    /// The row's time.
    pub timestamp: Timestamp,
    /// The row's key.
    pub key: K,
    /// When the first page was shown: `last=7d` goes on meaning the same seven days while one pages.
    pub as_of: Timestamp,
}

impl<K: CursorKey> Cursor<K> {
    /// The opaque text of this cursor in `view`.
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
            self.key.print()
        ))
    }

    /// Reads what [`Cursor::print`] wrote for the same view and order.
    ///
    /// # Errors
    /// A sentence saying what is wrong: not a cursor, of another view, or of another order.
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
        if of != view.name() {
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
        // A page was shown in this age of the world; a forged one could lie outside every calendar.
        let shown = as_of.to_chrono().map(|at| at.year());
        if !shown.is_some_and(|year| (2000..=9999).contains(&year)) {
            return Err(broken());
        }
        Ok(Self {
            order,
            direction,
            timestamp,
            as_of,
            key: next().ok().and_then(K::parse).ok_or_else(broken)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursor() -> Cursor<Uuid> {
        Cursor {
            order: Order::Newest,
            direction: Direction::Backward,
            timestamp: Timestamp::from_postgres_micros(-5),
            key: Uuid::from_u128(7),
            as_of: Timestamp::from_postgres_micros(0),
        }
    }

    #[test]
    fn a_cursor_comes_back_as_it_was() {
        let text = cursor().print(View::Trades);
        assert_eq!(
            Cursor::parse(&text, View::Trades, Order::Newest),
            Ok(cursor())
        );
    }

    #[test]
    fn foreign_and_broken_cursors_are_refused() {
        let text = cursor().print(View::Trades);
        let parse = |text: &str, view, order| Cursor::<Uuid>::parse(text, view, order).unwrap_err();
        assert!(parse(&text, View::Trades, Order::Oldest).contains("order=newest"));
        assert!(parse(&text, View::Events, Order::Newest).contains("belongs to trades"));
        for (timestamp, as_of) in [(i64::MIN + 1, 0), (i64::MAX - 1, 0), (0, i64::MAX), (0, -1)] {
            let forged = Cursor {
                timestamp: Timestamp::from_postgres_micros(timestamp),
                as_of: Timestamp::from_postgres_micros(as_of),
                ..cursor()
            };
            let text = forged.print(View::Trades);
            assert!(parse(&text, View::Trades, Order::Newest).contains("unchanged"));
        }
        for garbage in ["", "%", "AAAA", "MXx0cmFkZXM", &text[1..]] {
            assert!(!parse(garbage, View::Trades, Order::Newest).is_empty());
        }
    }
}
