//! The rest of a truncated export: the address of the rows after the last one that was sent. It is a new export, of the
//! database as it is then.

use domain::catalogue::{RowKey, View};
use domain::csv::FormulaGuard;
use domain::cursor::{Cursor, Direction};
use domain::dossier::{ENTRY_COLUMNS, Span};
use domain::filter::{ListQuery, Window};
use domain::query::Pairs;
use domain::time::Timestamp;
use serde_json::Value;
use store::engine::{EpisodeExport, ExportFormat};

/// The parameter that holds the cursor after which an export begins.
pub const REST: &str = "rest";

/// The address of the rows that a truncated export lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rest {
    /// The rows after the last one that was sent.
    After(String),
    /// The rows from the time of the last one on; those of the same microsecond are repeated.
    From(String),
    /// All rows: none was sent, or the export is short.
    All(String),
}

impl Rest {
    /// The address.
    #[must_use]
    pub fn address(&self) -> &str {
        let (Self::After(address) | Self::From(address) | Self::All(address)) = self;
        address
    }

    /// The label of a link to it.
    #[must_use]
    pub const fn label(&self) -> &'static str {
        match self {
            Self::After(_) => "Export the rest",
            Self::From(_) => "Export from the last moment on",
            Self::All(_) => "Export again",
        }
    }
}

/// Makes the address from the last line that was sent, which is empty where none was.
pub type RestOf = Box<dyn Fn(Option<&[u8]>) -> Option<Rest> + Send + Sync>;

/// The rest of a list's export that was requested at `now`.
#[must_use]
pub fn of_list(query: ListQuery, window: Window, format: ExportFormat, now: Timestamp) -> RestOf {
    Box::new(move |last| {
        let path = format!("/{}.{}", query.view.name, extension(format));
        let after = match last {
            None => query.after.clone(),
            Some(line) => {
                let (timestamp, key) = place(query.view, line, format)?;
                Some(Cursor {
                    order: query.order,
                    direction: Direction::Forward,
                    timestamp,
                    key,
                    as_of: now,
                })
            }
        };
        // `last=7d` ends when the first export was requested.
        let mut pairs = query.pinned(window, None).pairs();
        push_raw(&mut pairs, format);
        if let Some(after) = after {
            pairs.push(REST, after.print(query.view));
        }
        let address = pairs.link(&path);
        Some(if last.is_some() {
            Rest::After(address)
        } else {
            Rest::All(address)
        })
    })
}

/// The rest of an episode's timeline in `span`, or of its leaks. `path` is the export's without its extension.
#[must_use]
pub fn of_moments(path: &str, of: EpisodeExport, span: Span, format: ExportFormat) -> RestOf {
    let path = format!("{path}.{}", extension(format));
    Box::new(move |last| {
        let mut pairs = Pairs::default();
        let begins = match (of, last) {
            (EpisodeExport::Timeline, Some(line)) => Some(moment(line, format, ENTRY_COLUMNS)?),
            _ => None,
        };
        if of == EpisodeExport::Timeline {
            let from = begins.unwrap_or(span.from);
            pairs.push("from", from.rfc3339());
            pairs.push("to", span.to.plus_micros(-1).rfc3339());
        }
        push_raw(&mut pairs, format);
        let address = pairs.link(&path);
        Some(if begins.is_some() {
            Rest::From(address)
        } else {
            Rest::All(address)
        })
    })
}

fn push_raw(pairs: &mut Pairs, format: ExportFormat) {
    if format == ExportFormat::Csv(FormulaGuard::Off) {
        pairs.push("raw", "1");
    }
}

const fn extension(format: ExportFormat) -> &'static str {
    match format {
        ExportFormat::Csv(_) => "csv",
        ExportFormat::JsonLines => "jsonl",
    }
}

/// The cursor of the row in this line.
fn place(view: View, line: &[u8], format: ExportFormat) -> Option<(Timestamp, RowKey)> {
    let columns: Vec<&str> = view.0.column_names().collect();
    let timestamp = moment(line, format, &columns)?;
    let key = view.key.parse(&field(line, format, &columns, "id")?)?;
    Some((timestamp, key))
}

fn moment(line: &[u8], format: ExportFormat, columns: &[&str]) -> Option<Timestamp> {
    let text = field(line, format, columns, "timestamp")?;
    match text.as_str() {
        "infinity" => Some(Timestamp::INFINITY),
        "-infinity" => Some(Timestamp::NEG_INFINITY),
        text => Timestamp::parse_rfc3339(text),
    }
}

/// The value of this column. The columns before it hold no free text, and so no commas.
fn field(line: &[u8], format: ExportFormat, columns: &[&str], name: &str) -> Option<String> {
    match format {
        ExportFormat::Csv(_) => {
            let at = columns.iter().position(|column| *column == name)?;
            let bytes = line.split(|byte| *byte == b',').nth(at)?;
            Some(std::str::from_utf8(bytes).ok()?.to_owned())
        }
        ExportFormat::JsonLines => {
            let row: Value = serde_json::from_slice(line).ok()?;
            match row.get(name)? {
                Value::String(text) => Some(text.clone()),
                number => Some(number.to_string()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::views::{signals, trades};

    const NOW: Timestamp = Timestamp::from_postgres_micros(848_000_000_000_000);
    const CSV: ExportFormat = ExportFormat::Csv(FormulaGuard::On);

    fn rest_of(view: View, raw: &str, format: ExportFormat, last: Option<&str>) -> Rest {
        let query = ListQuery::parse(view, raw).unwrap();
        let window = query.window(chrono_tz::Tz::UTC, NOW).unwrap();
        let of = of_list(query, window, format, NOW);
        of(last.map(str::as_bytes)).unwrap()
    }

    /// The cursor of the address.
    fn cursor(view: View, rest: &Rest, order: domain::page::Order) -> Cursor {
        let (_, text) = rest.address().split_once("rest=").unwrap();
        Cursor::parse(text, view, order).unwrap()
    }

    #[test]
    fn the_rest_begins_after_the_last_row_whatever_it_holds() {
        let line =
            "3cccd31d-6b6b-4738-bf75-0e9ea08f2b8c,2026-11-23T07:35:27.531030Z,a,\"B,\r\nC\"\r\n";
        let rest = rest_of(trades(), "last=7d&asset=BTC&limit=5", CSV, Some(line));
        assert!(
            rest.address().starts_with("/trades.csv?from=20"),
            "{rest:?}"
        );
        assert!(rest.address().contains("&to=20"), "{rest:?}");
        assert!(rest.address().contains("&asset=BTC&rest="), "{rest:?}");
        let cursor = cursor(trades(), &rest, domain::page::Order::Newest);
        assert_eq!(cursor.timestamp.rfc3339(), "2026-11-23T07:35:27.531030Z");
        assert_eq!(
            cursor.key.to_string(),
            "3cccd31d-6b6b-4738-bf75-0e9ea08f2b8c"
        );
    }

    #[test]
    fn every_form_and_every_kind_of_id_and_time_is_read() {
        let oldest = domain::page::Order::Oldest;
        for (line, format, moment) in [
            ("17,infinity,collector\r\n", CSV, "infinity"),
            (
                "{\"id\":\"17\",\"timestamp\":\"-0043-01-01T00:00:00.000000Z\"}\n",
                ExportFormat::JsonLines,
                "-0043-01-01T00:00:00.000000Z",
            ),
        ] {
            let rest = rest_of(signals(), "order=oldest", format, Some(line));
            let cursor = cursor(signals(), &rest, oldest);
            assert_eq!(cursor.key.to_string(), "17");
            assert_eq!(cursor.timestamp.rfc3339(), moment);
        }
    }

    #[test]
    fn an_export_that_handed_nothing_on_is_asked_for_again() {
        let raw = ExportFormat::Csv(FormulaGuard::Off);
        let rest = rest_of(trades(), "asset=BTC", raw, None);
        assert_eq!(rest, Rest::All("/trades.csv?asset=BTC&raw=1".to_owned()));
    }

    #[test]
    fn rest_of_raw_leaks_has_the_path_of_the_route() {
        let raw = ExportFormat::Csv(FormulaGuard::Off);
        let span = Span { from: NOW, to: NOW };
        let rest = of_moments("/kill-switch/x/leaks", EpisodeExport::Leaks, span, raw);
        let address = "/kill-switch/x/leaks.csv?raw=1".to_owned();
        assert_eq!(rest(None), Some(Rest::All(address)));
    }
}
