//! An export's progress in words, as its panel shows it.

use domain::amount::group_thousands;
use store::engine::StopReason;

use super::line::BOUNDS;
use super::progress::Now;

/// A headline and what there is to add.
pub fn of(now: &Now) -> (String, String) {
    let rows = rows(now.rows);
    let size = size(now.bytes);
    match now.state {
        "waiting" if now.place == 0 => ("Export is about to begin".to_owned(), String::new()),
        "waiting" => (
            format!("Export waits in line, place {}", now.place),
            format!("{} run at once; it begins by itself.", BOUNDS.running),
        ),
        "running" => {
            let headline = match now.estimate {
                Some(estimate) if estimate >= now.rows => {
                    let [sent, all] =
                        [now.rows, estimate].map(|number| group_thousands(&number.to_string()));
                    format!("Exporting: {sent} of about {all}")
                }
                _ => format!("Exporting: {rows}"),
            };
            let rate = now
                .rows_per_second()
                .map(|rate| format!("{} rows/s", group_thousands(&rate.to_string())));
            let left = now
                .seconds_left()
                .map(|seconds| format!("about {} left", time(seconds)));
            let parts: Vec<String> = [Some(size), rate, left].into_iter().flatten().collect();
            (headline, parts.join(" · "))
        }
        "done" => {
            let took = time(now.elapsed.as_secs().max(1));
            (
                "Export done".to_owned(),
                format!("{rows} · {size} · {took}"),
            )
        }
        "cancelled" => (
            "Export cancelled".to_owned(),
            format!("{rows} were sent; the file is not whole."),
        ),
        _ => {
            let why = now.message.as_deref();
            let cut = format!("It broke off after {rows}; the file is not whole.");
            ("Export failed".to_owned(), why.unwrap_or(&cut).to_owned())
        }
    }
}

/// The database failed half-way.
pub const DATABASE_FAILED: &str = "The database failed half-way. What was saved is not the whole.";

/// Why an export was ended half-way.
pub const fn of_stop(reason: StopReason) -> &'static str {
    match reason {
        StopReason::EngineWaits => {
            "The engine needed the table, so the export was ended. What was saved is not the whole."
        }
        StopReason::SnapshotTooOld => {
            "The export took longer than one may, so it was ended. What was saved is not the whole."
        }
        StopReason::Revoked | StopReason::Cancelled => {
            "The export was ended. What was saved is not the whole."
        }
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

    fn now(state: &'static str) -> Now {
        Now {
            state,
            place: 0,
            rows: 12_345,
            bytes: 3_456_789,
            elapsed: Duration::from_secs(5),
            estimate: Some(200_000),
            message: None,
        }
    }

    fn said(now: &Now) -> String {
        let (headline, detail) = of(now);
        format!("{headline} | {detail}")
    }

    #[test]
    fn every_state_is_said_with_what_there_is_to_say() {
        let waiting = Now {
            place: 3,
            ..now("waiting")
        };
        let unknown = Now {
            estimate: None,
            ..now("running")
        };
        let lines = [
            said(&waiting),
            said(&now("running")),
            said(&unknown),
            said(&now("done")),
            said(&now("cancelled")),
            said(&now("failed")),
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
