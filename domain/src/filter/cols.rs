//! `cols`: which columns a list's table shows, and in which order. It narrows nothing: the rows, their
//! number and the columns of exports are the same whatever it says.

use crate::query::{ParamError, Params};
use crate::view::View;

/// The first column of every table: it is the link to the row, and cannot be left out.
const TIME: &str = "time";

/// The columns that a view's table has beside its time.
struct Offered {
    /// Shown where nobody chose others, in order.
    default_for: &'static [&'static str],
    /// Shown where they are asked for.
    further: &'static [&'static str],
}

const fn offered_by(view: View) -> Offered {
    let (default_for, further): (&[&str], &[&str]) = match view {
        View::Trades => (
            &[
                "decision",
                "asset",
                "price",
                "confidence",
                "outcome",
                "agent",
                "reason",
            ],
            &[
                "block_reason",
                "order_status",
                "order_side",
                "order_quantity",
                "filled_quantity",
                "fill_price",
                "filled_at",
                "order_id",
                "id",
            ],
        ),
        View::Signals => (
            &[
                "action",
                "coin",
                "quantity",
                "price",
                "confidence",
                "outcome",
                "origin",
                "by",
            ],
            &[
                "algorithm",
                "algorithm_id",
                "source",
                "rejection",
                "details",
                "id",
            ],
        ),
        View::Events => (
            &["severity", "type", "actor", "details"],
            &["user", "user_id", "id"],
        ),
        View::KillSwitch => (
            &[
                "mechanism",
                "state",
                "activated_by",
                "lasted",
                "cleared_by",
                "rejections",
                "leaks",
                "review",
            ],
            &["cleared_at", "id"],
        ),
        View::Findings => (
            &["severity", "rule", "summary", "asset", "subject", "state"],
            &["algorithm", "algorithm_id", "found_at", "id"],
        ),
    };
    Offered {
        default_for,
        further,
    }
}

/// Columns of one view, each once, in the order in which they are shown after the time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns(Vec<&'static str>);

impl Columns {
    /// Those of `view` where nobody chose others.
    #[must_use]
    pub fn default_for(view: View) -> Self {
        Self(offered_by(view).default_for.to_vec())
    }

    /// All that `view` offers: the usual ones, then the further ones.
    #[must_use]
    pub fn all(view: View) -> Self {
        let Offered {
            default_for,
            further,
        } = offered_by(view);
        Self([default_for, further].concat())
    }

    /// Takes `cols`: names with commas between them, also in several parameters, as a form's boxes are sent.
    ///
    /// # Errors
    /// When a name is none of the view's, or is there twice; the message lists those that are.
    pub fn take(params: &mut Params, view: View) -> Result<Option<Self>, ParamError> {
        let values = params.take_all("cols")?;
        let names: Vec<&str> = values.iter().flat_map(|value| value.split(',')).collect();
        if names.is_empty() {
            return Ok(None);
        }
        Self::of_names(&names, view).map(Some)
    }

    fn of_names(names: &[&str], view: View) -> Result<Self, ParamError> {
        let Self(all) = Self::all(view);
        let mut chosen = Vec::new();
        for (at, name) in names.iter().enumerate() {
            let known = all.iter().find(|column| *column == name);
            if names[..at].contains(name) || (known.is_none() && *name != TIME) {
                let takes = format!("{TIME}, {}, each once", all.join(", "));
                return Err(ParamError::wrong_value("cols", name, &takes));
            }
            chosen.extend(known);
        }
        Ok(Self(chosen))
    }

    /// Reads what [`Columns::as_str`] prints.
    #[must_use]
    pub fn parse(text: &str, view: View) -> Option<Self> {
        let names: Vec<&str> = text.split('.').collect();
        Self::of_names(&names, view).ok()
    }

    /// The names with dots between them, for where a comma cannot stand.
    #[must_use]
    pub fn to_cookie(&self) -> String {
        self.joined(".")
    }

    /// The value of `cols` that names them.
    #[must_use]
    pub fn print(&self) -> String {
        self.joined(",")
    }

    fn joined(&self, between: &str) -> String {
        if self.0.is_empty() {
            TIME.to_owned()
        } else {
            self.0.join(between)
        }
    }

    /// Their names, in order.
    #[must_use]
    pub fn names(&self) -> &[&'static str] {
        &self.0
    }

    /// The same with `name` one place nearer to the time; `None` where it is first or not shown.
    #[must_use]
    pub fn with_earlier(&self, name: &str) -> Option<Self> {
        let at = self.0.iter().position(|column| *column == name)?;
        let mut moved = self.clone();
        moved.0.swap(at.checked_sub(1)?, at);
        Some(moved)
    }
}

/// The columns that a person keeps, by view.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SavedColumns(Vec<(View, Columns)>);

impl SavedColumns {
    /// Reads what `find` finds of each view, as [`Columns::as_str`] prints it; what names no columns is as if it
    /// were not there.
    #[must_use]
    pub fn read<'a>(find: impl Fn(View) -> Option<&'a str>) -> Self {
        let kept = View::ALL
            .into_iter()
            .filter_map(|view| Some((view, Columns::parse(find(view)?, view)?)));
        Self(kept.collect())
    }

    /// Those of `view`, where some are kept.
    #[must_use]
    pub fn of(&self, view: View) -> Option<&Columns> {
        let mut kept = self.0.iter();
        kept.find(|(of, _)| *of == view).map(|(_, columns)| columns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(raw: &str) -> Result<Option<Columns>, ParamError> {
        Columns::take(&mut Params::parse(raw).unwrap(), View::Events)
    }

    #[test]
    fn names_are_a_list_or_a_forms_boxes() {
        let one = take("cols=type,id").unwrap().unwrap();
        assert_eq!(one.names(), ["type", "id"]);
        assert_eq!(take("cols=time&cols=type&cols=id").unwrap(), Some(one));
        assert_eq!(take("").unwrap(), None);
        assert_eq!(take("cols=time").unwrap().unwrap().print(), "time");
    }

    #[test]
    fn what_is_no_column_is_told_which_are() {
        assert_eq!(
            take("cols=type,colour").unwrap_err().to_string(),
            "cols: takes time, severity, type, actor, details, user, user_id, id, each once, not “colour”"
        );
        for raw in ["cols=id,id", "cols=id&cols=id", "cols=time,time"] {
            let message = take(raw).unwrap_err().to_string();
            assert!(message.contains(", each once, not “"), "{message}");
        }
        for raw in ["cols=,", "cols=id,", "cols=Id", "cols=asset"] {
            assert_eq!(take(raw).unwrap_err().param, "cols", "{raw}");
        }
    }

    #[test]
    fn a_column_moves_towards_the_time() {
        let columns = take("cols=type,id,user").unwrap().unwrap();
        assert_eq!(
            columns.with_earlier("user").unwrap().print(),
            "type,user,id"
        );
        assert_eq!(columns.with_earlier("type"), None);
        assert_eq!(columns.with_earlier("actor"), None);
    }

    #[test]
    fn what_is_kept_is_read_back_and_rubbish_is_not() {
        let columns = Columns::all(View::Events);
        let to_cookie = columns.to_cookie();
        let kept = SavedColumns::read(|view| match view {
            View::Events => Some(to_cookie.as_str()),
            View::Trades => Some("asset.nothing"),
            _ => None,
        });
        assert_eq!(kept.of(View::Events), Some(&columns));
        assert_eq!(kept.of(View::Trades), None);
    }

    #[test]
    fn every_view_names_its_columns_once() {
        for view in View::ALL {
            let names = Columns::all(view).print();
            let mut params = Params::from_pairs([("cols".to_owned(), names)]).unwrap();
            let all = Columns::take(&mut params, view).unwrap();
            assert_eq!(all, Some(Columns::all(view)), "{view}");
        }
    }
}
