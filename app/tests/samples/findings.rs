//! Findings, what the rules amount to, and what people wrote.

use app::model::{FindingPage, FindingsPage, NotSaved, NoteForm, RulePage};
use domain::account::Subject as Account;
use domain::finding::{
    Answer, Finding, FindingState, Note, NoteDraft, Rebuild, Rule, RuleCount, RuleProgress,
    ScanProgress, StoredFinding, Subject, SubjectKind,
};
use domain::page::Count;

use store::views;

use super::rows::finding_row;
use super::{at, list, now, some, uuid, words};

const HOSTILE: &str =
    "=HYPERLINK(\"http://x\") <script>alert(1)</script> \u{202e}desrever\u{202c} “q”";

pub fn finding(number: u128, rule: Rule, subject: Subject, summary: &str) -> StoredFinding {
    StoredFinding {
        id: uuid(number),
        finding: Finding {
            rule,
            subject,
            at: at("2026-11-23T07:35:30.513991Z"),
            asset: some("BTC"),
            algorithm: some("74ad3880-c88c-4a10-bd8f-5c5659726601"),
            summary: summary.to_owned(),
        },
        algorithm_name: some("MA crossover, majors"),
        found_at: at("2026-11-23T07:35:33Z"),
        state: FindingState::Open,
    }
}

pub fn not_filled() -> StoredFinding {
    let subject = Subject::new(SubjectKind::Decision, &uuid(401));
    let summary = format!("Its order {} is submitted, not filled.", uuid(402));
    finding(501, Rule::ExecutedNotFilled, subject, &summary)
}

pub fn hostile_finding() -> StoredFinding {
    let subject = Subject::new(SubjectKind::User, &"\"><img src=x onerror=alert(2)>");
    let mut kept = finding(502, Rule::UnknownActor, subject, HOSTILE);
    kept.finding.asset = some("<b>BTC</b>");
    kept.finding.algorithm = some("12\u{202e}");
    kept.algorithm_name = some("'; DROP TABLE finding; --");
    kept.finding.at = at("9999-12-31T23:59:59Z");
    kept
}

pub fn finding_rows() -> Vec<StoredFinding> {
    let setting = Subject::new(SubjectKind::Setting, &"kill_switch");
    let event = Subject::new(SubjectKind::Event, &uuid(403));
    let mut state = finding(
        503,
        Rule::StateDisagrees,
        setting,
        "Of the kill switch, the setting says stopped, Redis says trading, the last event says stopped.",
    );
    state.finding.asset = None;
    let mut leak = finding(
        504,
        Rule::LeakDuringStop,
        event,
        "It was approved while the kill switch’s toggle was on (episode 3cccd31d-6b6b-4738-bf75-0e9ea08f2b8c).",
    );
    leak.state = FindingState::Explained;
    vec![hostile_finding(), state, leak, not_filled()]
}

pub fn counts() -> Vec<RuleCount> {
    let count = |rule, open, explained| RuleCount {
        rule,
        open,
        explained,
    };
    vec![
        count(Rule::LeakDuringStop, 0, 9),
        count(Rule::ExecutedNotFilled, 1_207, 2),
        count(Rule::StateDisagrees, 1, 0),
        count(Rule::UnknownActor, 1, 0),
    ]
}

/// Every rule has looked up to a few seconds ago, but for one that lies behind and one that has not begun.
pub fn scan_progress() -> ScanProgress {
    let progress = |rule, seconds: i64| RuleProgress {
        rule,
        checked_to: now().plus_micros(-seconds * 1_000_000),
        checked_at: now().plus_micros(-2_000_000),
    };
    let begun = Rule::all().filter(|rule| *rule != Rule::StopTwice);
    ScanProgress {
        progress: begun
            .map(|rule| progress(rule, if rule == Rule::Silence { 240 } else { 4 }))
            .collect(),
        rebuild: None,
    }
}

/// Nothing was checked for a while, and a re-run was interrupted.
pub fn stale() -> ScanProgress {
    let mut scan_progress = scan_progress();
    for progress in &mut scan_progress.progress {
        progress.checked_at = now().plus_micros(-720_000_000);
    }
    scan_progress.rebuild = Some(Rebuild {
        until: at("2026-11-23T10:30:00Z"),
        checked_to: at("2026-11-20T01:02:03Z"),
        looked_at: 1_204_331,
    });
    scan_progress
}

pub fn findings(raw: &str, rows: &[StoredFinding], scan_progress: ScanProgress) -> FindingsPage {
    let count = Count::Exact(rows.len() as u64);
    let rows = rows.iter().map(finding_row).collect();
    let mut list = list(views::findings(), raw, rows, count);
    list.filter_options = vec![
        ("asset", words(&["BTC", "ETH"])),
        ("algorithm", words(&["MA crossover, majors"])),
    ];
    FindingsPage {
        list,
        counts: counts(),
        scan_progress,
    }
}

/// Nothing was ever found.
pub fn findings_none() -> FindingsPage {
    FindingsPage {
        counts: Vec::new(),
        ..findings("", &[], scan_progress())
    }
}

/// Nothing was ever looked at.
pub fn findings_unchecked() -> FindingsPage {
    FindingsPage {
        scan_progress: ScanProgress::default(),
        ..findings_none()
    }
}

pub fn rule_page(rule: Rule) -> RulePage {
    RulePage {
        count: RuleCount::among(&counts(), rule),
        scan_progress: scan_progress(),
        query: "SELECT 'order' AS kind\nFROM public.orders\nWHERE quantity < 1;".to_owned(),
        differs: (rule == Rule::StateDisagrees).then_some("SQL cannot ask Redis."),
    }
}

pub fn note(number: u32, answer: Answer, text: &str, about: &str) -> Note {
    Note {
        number,
        answer,
        text: text.to_owned(),
        author: Account::Console(uuid(77)),
        author_email: "auditor@demo.local".to_owned(),
        at: at("2026-11-23T08:02:11.5Z"),
        about: about.to_owned(),
    }
}

pub fn note_form() -> NoteForm {
    NoteForm {
        seen: 0,
        about: String::new(),
        draft: NoteDraft::default(),
        errors: Vec::new(),
        not_saved: None,
        key: uuid(901),
    }
}

/// With two notes, one about what the finding said before.
pub fn finding_page() -> FindingPage {
    let mut kept = not_filled();
    kept.state = FindingState::Explained;
    let summary = kept.finding.summary.clone();
    FindingPage {
        notes: vec![
            note(
                1,
                Answer::Acknowledged,
                "The executor crashed at 07:35.\nAsked the desk.",
                "Its order was pending, not filled.",
            ),
            note(
                2,
                Answer::Explained,
                "<b>Closed</b> by hand on the exchange: **no** Markdown here.",
                &summary,
            ),
        ],
        form: NoteForm {
            seen: 2,
            about: kept.finding.summary.clone(),
            ..note_form()
        },
        kept,
    }
}

pub fn finding_refused() -> FindingPage {
    let draft = NoteDraft {
        answer: String::new(),
        note: "</textarea>x".chars().take(9).collect(),
    };
    let kept = hostile_finding();
    FindingPage {
        notes: Vec::new(),
        form: NoteForm {
            about: kept.finding.summary.clone(),
            errors: draft.check().unwrap_err(),
            draft,
            ..note_form()
        },
        kept,
    }
}

pub fn finding_overtaken() -> FindingPage {
    let mut page = finding_page();
    page.form = NoteForm {
        draft: NoteDraft {
            answer: "explained".to_owned(),
            note: "What I wrote meanwhile.".to_owned(),
        },
        not_saved: Some(NotSaved::Overtaken),
        ..page.form
    };
    page
}
