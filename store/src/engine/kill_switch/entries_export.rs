//! Exports of an episode's timeline and leaks as CSV and JSON lines.

use domain::csv::push_header;
use domain::dossier::{ENTRY_COLUMNS, Span, TimelineEntry};
use domain::episode::Episode;

use super::cells::{Value, bare, number_text, or_null, plain, push_line, seconds, text};
use super::entries::{EntryReader, EpisodeExport, Wanted, moments_sql};
use crate::StoreError;
use crate::access::Auditor;
use crate::db::{Isolation, read};
use crate::engine::EngineDb;
use crate::engine::export::{Export, ExportFormat};

impl EngineDb {
    /// Starts an export of an episode's entries: for the timeline those in `span`, for the leaks those inside the
    /// episode.
    ///
    /// # Errors
    /// When the database is unreachable, too many exports run, or the statement is refused.
    pub async fn export_moments(
        &self,
        _: &Auditor,
        episode: &Episode,
        of: EpisodeExport,
        span: Span,
        format: ExportFormat,
    ) -> Result<Export, StoreError> {
        let inside = Span::inside(episode);
        let (span, mut reader) = match of {
            EpisodeExport::Timeline => {
                let reader = read!(self.pool(), Isolation::Statement, |session| {
                    EntryReader::before(session, span.from).await
                })?;
                (span, reader)
            }
            EpisodeExport::Leaks => (inside, EntryReader::default()),
        };
        let wanted = Wanted {
            kinds: of.kinds(),
            span,
            created_before: None,
            limit: None,
        };
        let mut header = String::new();
        if matches!(format, ExportFormat::Csv(_)) {
            push_header(&mut header, ENTRY_COLUMNS);
        }
        self.export_rows(moments_sql(wanted), header, move |row| {
            let moment = reader.read(row)?;
            let mut line = String::new();
            push_line(&mut line, ENTRY_COLUMNS, values(&moment, inside), format);
            Ok(line)
        })
        .await
    }
}

/// An entry's values in the order of the columns.
fn values(moment: &TimelineEntry, inside: Span) -> Vec<Value> {
    let id = || plain(moment.id.to_string());
    let or_text = |value: &Option<String>| or_null(value.clone(), text);
    let or_number = |value: &Option<String>| or_null(value.clone(), number_text);
    vec![
        plain(moment.at.rfc3339()),
        seconds(moment.at.micros_since(inside.from)),
        plain(moment.kind.as_str()),
        or_null(moment.kind.is_event().then_some(()), |()| id()),
        or_null((!moment.kind.is_event()).then_some(()), |()| id()),
        or_text(&moment.user),
        or_text(&moment.algorithm_id),
        or_text(&moment.algorithm_name),
        or_text(&moment.coin),
        or_text(&moment.side),
        or_number(&moment.quantity),
        or_number(&moment.value),
        or_text(&moment.reason),
        or_text(&moment.status),
        or_null(moment.created_at, |at| plain(at.rfc3339())),
        or_null(moment.filled_at, |at| plain(at.rfc3339())),
        bare(&inside.contains(moment.at)),
        bare(&!moment.is_second),
    ]
}
