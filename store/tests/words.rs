//! Search words and rows in different Unicode forms.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test fails where it meets what it did not expect"
)]

mod common;

use common::Engine;
use domain::catalogue::View;
use store::engine::ExportFormat;
use store::views;

use domain::query::Pairs;
use proptest::prelude::Strategy;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use unicode_normalization::UnicodeNormalization as _;

impl Engine {
    async fn decide(&self, reasons: &[String]) {
        sqlx::query(
            "INSERT INTO trade_audit SELECT 'x', 'BUY', reason, 0.5, 'BTC', 1, false, NULL, NULL, gen_random_uuid(), now() \
             FROM unnest($1::text[]) AS reason",
        )
        .bind(reasons)
        .execute(self.database.pool())
        .await
        .unwrap();
    }

    async fn note(&self, details: &str) {
        sqlx::query(
            "INSERT INTO audit_log (event_type, severity, details, id, timestamp) \
             VALUES ('ALGORITHM_SIGNAL', 'info', $1::json, gen_random_uuid(), now())",
        )
        .bind(details)
        .execute(self.database.pool())
        .await
        .unwrap();
    }

    /// The number of rows with a word, by an export: counts could time out on a loaded machine.
    async fn found(&self, view: View, word: &str) -> usize {
        let raw = Pairs::default().with("q", word.to_owned()).link("");
        let raw = raw.trim_start_matches('?');
        let rows = self.export(view, raw, ExportFormat::JsonLines).await;
        rows.lines().count()
    }
}

fn decomposed(text: &str) -> String {
    text.nfd().collect()
}

/// As Python's `json.dumps` writes it.
fn escaped(text: &str) -> String {
    let units = text.encode_utf16();
    let unit = |unit: u16| match u8::try_from(unit) {
        Ok(byte) if byte.is_ascii() => char::from(byte).to_string(),
        _ => format!("\\u{unit:04x}"),
    };
    units.map(unit).collect()
}

#[tokio::test]
async fn text_search_ignores_unicode_form() {
    let engine = Engine::empty().await;
    let name = "Zürich–Genève";
    // The last one mixes both forms.
    let mixed = format!("Zürich–{}", decomposed("Genève"));
    let rows = [name.to_owned(), decomposed(name), mixed.clone()];
    engine.decide(&rows).await;
    for row in &rows {
        engine.note(&format!(r#"{{"city": "{row}"}}"#)).await;
        engine
            .note(&format!(r#"{{"city": "{}"}}"#, escaped(row)))
            .await;
    }
    for word in [
        name,
        &decomposed(name),
        &mixed,
        "zÜRICH–gENÈVE",
        "zürich",
        &decomposed("ZÜRICH"),
    ] {
        assert_eq!(engine.found(views::trades(), word).await, 3, "{word}");
        assert_eq!(engine.found(views::events(), word).await, 6, "{word}");
        assert_eq!(engine.found(views::signals(), word).await, 6, "{word}");
    }
    for word in ["zurich", "züriche", "zùrich"] {
        assert_eq!(engine.found(views::trades(), word).await, 0, "{word}");
        assert_eq!(engine.found(views::events(), word).await, 0, "{word}");
    }
}

/// An ASCII word is searched as stored, so it may end before a combining mark. Other words must end at the end of a
/// composed character.
#[tokio::test]
async fn ascii_words_match_before_combining_marks() {
    let engine = Engine::empty().await;
    engine
        .decide(&[decomposed("zürich"), "zürich".to_owned()])
        .await;
    assert_eq!(engine.found(views::trades(), "zu").await, 1);
    assert_eq!(engine.found(views::trades(), "zü").await, 2);
    assert_eq!(engine.found(views::trades(), "z").await, 2);
    // U+01D8 is one character in every form.
    engine
        .decide(&[
            "ǘber".to_owned(),
            decomposed("ǘber"),
            "ü\u{301}ber".to_owned(),
        ])
        .await;
    assert_eq!(engine.found(views::trades(), "über").await, 0);
    assert_eq!(engine.found(views::trades(), "ǘber").await, 3);
    // The order of combining marks does not matter.
    engine.decide(&["u\u{308}\u{323}x".to_owned()]).await;
    assert_eq!(engine.found(views::trades(), "u\u{323}\u{308}x").await, 1);
    // The Kelvin sign normalizes to an ASCII letter.
    engine.decide(&["300 \u{212a}".to_owned()]).await;
    assert_eq!(engine.found(views::trades(), "300").await, 1);
    assert_eq!(engine.found(views::trades(), "\u{212a}").await, 1);
}

#[tokio::test]
async fn search_handles_a_long_word_with_many_unicode_forms() {
    let engine = Engine::empty().await;
    let word = "ǘ".repeat(500);
    engine
        .note(&format!(r#"{{"m": "{}"}}"#, escaped(&decomposed(&word))))
        .await;
    assert_eq!(engine.found(views::events(), &word).await, 1);
}

/// Texts and words that are parts of them, each in its own Unicode form.
fn texts_and_pieces() -> impl Strategy<Value = (String, String)> {
    let letters = [
        'a', 'Z', 'ü', 'É', 'ǘ', 'ạ', 'ß', '한', 'ё', '%', '_', '\\', '"', '.', '(', 'Ω', '😀',
    ];
    let text = proptest::collection::vec(
        (
            proptest::sample::select(letters.to_vec()),
            proptest::bool::ANY,
        ),
        3..9,
    );
    (text, proptest::bool::ANY, 0..3_usize, 1..3_usize).prop_map(
        |(text, word_form, from, length)| {
            let form = |char: char, is_decomposed: bool| {
                if is_decomposed {
                    decomposed(&char.to_string())
                } else {
                    char.to_string()
                }
            };
            let piece: String = text[from..text.len().min(from + length)]
                .iter()
                .map(|(char, _)| form(*char, word_form))
                .collect();
            (
                text.iter()
                    .map(|(char, decomposed)| form(*char, *decomposed))
                    .collect(),
                piece,
            )
        },
    )
}

#[tokio::test]
async fn pieces_of_random_texts_are_found() {
    let engine = Engine::empty().await;
    let mut runner = TestRunner::default();
    for _ in 0..150 {
        let (text, piece) = texts_and_pieces().new_tree(&mut runner).unwrap().current();
        engine
            .execute("DELETE FROM trade_audit; DELETE FROM audit_log")
            .await;
        engine.decide(std::slice::from_ref(&text)).await;
        let quoted = text.replace('\\', "\\\\").replace('"', "\\\"");
        engine.note(&format!(r#"{{"m": "{quoted}"}}"#)).await;
        engine
            .note(&format!(r#"{{"m": "{}"}}"#, escaped(&quoted)))
            .await;
        assert_eq!(
            engine.found(views::trades(), &piece).await,
            1,
            "{piece:?} in {text:?}"
        );
        assert_eq!(
            engine.found(views::events(), &piece).await,
            2,
            "{piece:?} in {text:?}"
        );
    }
}
