//! An export's progress in words, as its panel shows it.

use domain::amount::group_thousands;
use domain::wire::ExportState;
use store::engine::{Ended, StopReason};

use super::progress::ProgressSnapshot;
use super::queue::LIMITS;
use super::rest::Rest;

/// A headline and what there is to add.
pub fn of(snapshot: &ProgressSnapshot) -> (String, String) {
    let rows = rows(snapshot.rows);
    let size = size(snapshot.bytes);
    match snapshot.state {
        ExportState::Waiting if snapshot.place == 0 => {
            ("Export is about to begin".to_owned(), String::new())
        }
        ExportState::Waiting => (
            format!("Export waits in line, place {}", snapshot.place),
            format!("{} run at once; it begins by itself.", LIMITS.running),
        ),
        ExportState::Running => {
            let headline = match snapshot.estimate {
                Some(estimate) if estimate >= snapshot.rows => {
                    let [sent, all] = [snapshot.rows, estimate]
                        .map(|number| group_thousands(&number.to_string()));
                    format!("Exporting: {sent} of about {all}")
                }
                _ => format!("Exporting: {rows}"),
            };
            let rate = snapshot
                .rows_per_second()
                .map(|rate| format!("{} rows/s", group_thousands(&rate.to_string())));
            let left = snapshot
                .seconds_left()
                .map(|seconds| format!("about {} left", time(seconds)));
            let parts: Vec<String> = [Some(size), rate, left].into_iter().flatten().collect();
            (headline, parts.join(" · "))
        }
        ExportState::Done => {
            let took = time(snapshot.elapsed.as_secs().max(1));
            (
                "Export done".to_owned(),
                format!("{rows} · {size} · {took}"),
            )
        }
        ExportState::Cancelled => (
            "Export cancelled".to_owned(),
            format!("{rows} were sent; the file is not whole."),
        ),
        ExportState::Failed => {
            let why = snapshot.message.as_deref();
            let cut = || format!("It broke off after {rows}; the file is not whole.");
            let detail = match (&snapshot.rest, why) {
                (Some(rest), Some(why)) => format!("{why} {}", file(snapshot.rows, rest)),
                (None, Some(why)) => why.to_owned(),
                (_, None) => cut(),
            };
            ("Export failed".to_owned(), detail)
        }
    }
}

/// What the saved file of a cut export holds, and what the rest adds to it.
pub fn file(number: u64, rest: &Rest) -> String {
    let rows = rows(number);
    match rest {
        Rest::After(_) => format!(
            "The file ends after {rows}. The rest begins with the next row, as the data is then."
        ),
        Rest::From(_) => format!(
            "The file ends after {rows}. The rest begins with the last row’s moment, so its first rows may be in both."
        ),
        Rest::All(_) => "The file is not whole.".to_owned(),
    }
}

/// The database failed half-way.
pub const DATABASE_FAILED: &str = "The database failed half-way.";

/// Why an export whose rows can be asked for again was ended; none where its owner or nobody asks for more.
pub const fn of_end(ended: Ended) -> Option<&'static str> {
    match ended {
        Ended::Complete | Ended::Abandoned => None,
        Ended::Idle => Some("Nothing was read for a minute, so the export was ended."),
        Ended::Failed => Some(DATABASE_FAILED),
        Ended::Stopped(reason) => of_stop(reason),
    }
}

/// As [`of_end`], of an export that was ended from outside.
pub const fn of_stop(reason: StopReason) -> Option<&'static str> {
    match reason {
        StopReason::EngineWaits => Some("The engine needed the table, so the export was ended."),
        StopReason::ReplayWaits => {
            Some("The database’s replica could not follow while the export ran, so it was ended.")
        }
        StopReason::SnapshotTooOld => Some("The export took longer than one may, so it was ended."),
        StopReason::Cancelled => None,
    }
}

fn rows(number: u64) -> String {
    let noun = if number == 1 { "row" } else { "rows" };
    format!("{} {noun}", group_thousands(&number.to_string()))
}

/// In the largest decimal unit that leaves a whole part, one digit behind the point.
fn size(bytes: u64) -> String {
    let (unit, name) = match bytes {
        0..1_000 => return format!("{bytes} B"),
        1_000..1_000_000 => (1_000, "kB"),
        1_000_000..1_000_000_000 => (1_000_000, "MB"),
        _ => (1_000_000_000, "GB"),
    };
    format!("{}.{} {name}", bytes / unit, bytes % unit / (unit / 10))
}

fn time(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3_600, seconds / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn snapshot(state: ExportState) -> ProgressSnapshot {
        ProgressSnapshot {
            state,
            place: 0,
            rows: 12_345,
            bytes: 3_456_789,
            elapsed: Duration::from_secs(5),
            estimate: Some(200_000),
            message: None,
            rest: None,
        }
    }

    fn cut(rest: Rest) -> ProgressSnapshot {
        ProgressSnapshot {
            message: Some("Why.".to_owned()),
            rest: Some(rest),
            ..snapshot(ExportState::Failed)
        }
    }

    fn said(snapshot: &ProgressSnapshot) -> String {
        let (headline, detail) = of(snapshot);
        format!("{headline} | {detail}")
    }

    #[test]
    fn every_state_is_said_with_what_there_is_to_say() {
        let waiting = ProgressSnapshot {
            place: 3,
            ..snapshot(ExportState::Waiting)
        };
        let unknown = ProgressSnapshot {
            estimate: None,
            ..snapshot(ExportState::Running)
        };
        let lines = [
            said(&waiting),
            said(&snapshot(ExportState::Running)),
            said(&unknown),
            said(&snapshot(ExportState::Done)),
            said(&snapshot(ExportState::Cancelled)),
            said(&snapshot(ExportState::Failed)),
            said(&cut(Rest::After(String::new()))),
            said(&cut(Rest::From(String::new()))),
            said(&cut(Rest::All(String::new()))),
        ];
        assert_eq!(
            lines,
            [
                "Export waits in line, place 3 | 4 run at once; it begins by itself.",
                "Exporting: 12,345 of about 200,000 | 3.4 MB · 2,469 rows/s · about 1 min 17 s left",
                "Exporting: 12,345 rows | 3.4 MB · 2,469 rows/s",
                "Export done | 12,345 rows · 3.4 MB · 5 s",
                "Export cancelled | 12,345 rows were sent; the file is not whole.",
                "Export failed | It broke off after 12,345 rows; the file is not whole.",
                "Export failed | Why. The file ends after 12,345 rows. The rest begins with the next row, as the data is then.",
                "Export failed | Why. The file ends after 12,345 rows. The rest begins with the last row’s moment, so its \
                 first rows may be in both.",
                "Export failed | Why. The file is not whole.",
            ]
        );
    }

    #[test]
    fn sizes_and_times_have_the_unit_that_fits() {
        assert_eq!(
            [size(999), size(1_049), size(2_000_000_000)],
            ["999 B", "1.0 kB", "2.0 GB"]
        );
        assert_eq!(
            [time(59), time(60), time(7_500)],
            ["59 s", "1 min 0 s", "2 h 5 min"]
        );
    }
}
