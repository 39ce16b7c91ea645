//! A filter that is printed and parsed again is itself, whatever it holds.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test fails where it meets what it did not expect"
)]

use domain::cursor::{Cursor, Direction};
use domain::filter::{
    AnyOf, Columns, EpisodeFilter, EventFilter, FilterValue, ListQuery, SignalFilter, TradeFilter,
    ViewFilter,
};
use domain::page::Order;
use domain::query::Params;
use domain::time::Timestamp;
use domain::view::View;
use proptest::prelude::*;
use uuid::Uuid;

/// Text that a column may hold, leaning towards what is awkward in a URL.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[!\\\\&=%+#?. _äé🙂<>'\"]{1,12}",
        "[A-Za-z0-9_:-]{1,20}",
        any::<String>().prop_map(|text| text.replace('\0', "")),
    ]
    .prop_filter("a value is not empty", |text| {
        !text.is_empty() && text.chars().count() < 200
    })
}

fn one_of(words: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::select(words).prop_map(ToOwned::to_owned)
}

/// A value of a repeatable parameter, as somebody may write it.
fn repeatable(value: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    (any::<bool>(), value).prop_map(|(not, value)| {
        let escaped = domain::filter::any_of::escaped(&value);
        if not { format!("!{escaped}") } else { escaped }
    })
}

type Pair = (String, String);

fn pair(
    name: &'static str,
    value: impl Strategy<Value = String>,
) -> impl Strategy<Value = Vec<Pair>> {
    prop::collection::vec(value.prop_map(move |value| (name.to_owned(), value)), 0..4)
}

fn single(
    name: &'static str,
    value: impl Strategy<Value = String>,
) -> impl Strategy<Value = Vec<Pair>> {
    prop::option::of(value.prop_map(move |value| (name.to_owned(), value)))
        .prop_map(|pair| pair.into_iter().collect())
}

fn common() -> impl Strategy<Value = Vec<Pair>> {
    let moment = (0_i64..2_000_000_000_000_000)
        .prop_map(|micros| Timestamp::from_postgres_micros(micros).rfc3339());
    let time = prop_oneof![
        single("last", one_of(&["15m", "24h", "7d", "2w", "30s"])),
        single(
            "from",
            prop_oneof![one_of(&["2026-11-22", "2020-02-29"]), moment]
        ),
    ];
    (
        time,
        single(
            "tz",
            one_of(&["UTC", "Australia/Sydney", "America/St_Johns"]),
        ),
        single("order", one_of(&["newest", "oldest"])),
        single("limit", (1_u16..=500).prop_map(|limit| limit.to_string())),
        single("q", "[a-z%_\\\\äÄ]{1,8}( [a-z%_]{1,8}){0,3}"),
    )
        .prop_map(|(time, tz, order, limit, q)| [time, tz, order, limit, q].concat())
}

/// Any choice of a view's columns, in any order, as a link or as a form writes it.
fn columns(view: View) -> impl Strategy<Value = Vec<Pair>> {
    let all = Columns::all(view).names().to_vec();
    let most = all.len();
    let chosen = prop::sample::subsequence(all, 0..=most).prop_shuffle();
    (chosen, any::<bool>()).prop_map(|(names, as_form)| {
        let of = |value: &str| ("cols".to_owned(), value.to_owned());
        if as_form {
            let boxes = names.iter().copied();
            std::iter::once("time").chain(boxes).map(of).collect()
        } else if names.is_empty() {
            Vec::new()
        } else {
            vec![of(&names.join(","))]
        }
    })
}

fn confidence() -> impl Strategy<Value = Vec<Pair>> {
    (0.0..=0.5_f64, 0.5..=1.0_f64).prop_map(|(min, max)| {
        vec![
            ("min_confidence".to_owned(), min.to_string()),
            ("max_confidence".to_owned(), max.to_string()),
        ]
    })
}

/// Parses, prints, parses again: the same query, and the same text from then on.
fn round_trip<F: ViewFilter>(pairs: &[Pair]) -> Result<(), TestCaseError> {
    let query = Params::from_pairs(pairs.to_vec())
        .and_then(ListQuery::<F>::from_params)
        .map_err(|error| TestCaseError::fail(format!("{error} in {pairs:?}")))?;
    let printed = query.pairs().to_string();
    let again = ListQuery::<F>::parse(&printed)
        .map_err(|error| TestCaseError::fail(format!("{error} in {printed}")))?;
    prop_assert_eq!(&again, &query);
    prop_assert_eq!(again.pairs().to_string(), printed);
    Ok(())
}

proptest! {
    #[test]
    fn trades(
        common in common(),
        cols in columns(View::Trades),
        agent in pair("agent", repeatable(text())),
        asset in pair("asset", repeatable(text())),
        decision in pair("decision", repeatable(one_of(&["BUY", "SELL", "HOLD"]))),
        outcome in pair("outcome", repeatable(one_of(&["executed", "blocked", "pending"]))),
        status in pair("order_status", repeatable(one_of(&["filled", "missing", "failed"]))),
        block in pair("block_kind", repeatable(one_of(&["kill_switch", "named_rule", "other"]))),
        confidence in confidence(),
    ) {
        round_trip::<TradeFilter>(&[common, cols, agent, asset, decision, outcome, status, block, confidence].concat())?;
    }

    #[test]
    fn signals(
        common in common(),
        cols in columns(View::Signals),
        algorithm in pair("algorithm", repeatable(text())),
        action in pair("action", repeatable(one_of(&["buy", "sell", "neutral"]))),
        origin in pair("origin", repeatable(one_of(&["executor", "collector"]))),
        outcome in pair("outcome", repeatable(one_of(&["approved", "rejected", "order", "filled", "nothing"]))),
        confidence in confidence(),
    ) {
        round_trip::<SignalFilter>(&[common, cols, algorithm, action, origin, outcome, confidence].concat())?;
    }

    #[test]
    fn events(
        common in common(),
        cols in columns(View::Events),
        kind in pair("type", repeatable(text())),
        actor in pair("actor", repeatable(one_of(&["system", "a@b", "5cc13e81-f0d5-42de-a352-e8a1565429ca"]))),
        key in text(),
        value in text(),
    ) {
        let path = domain::filter::details::DetailsPath::new(vec!["signal".to_owned(), key]);
        let details = vec![(path.param(), domain::filter::any_of::escaped(&value))];
        round_trip::<EventFilter>(&[common, cols, kind, actor, details].concat())?;
    }

    #[test]
    fn kill_switch(
        common in common(),
        cols in columns(View::KillSwitch),
        mechanism in pair("mechanism", repeatable(one_of(&["emergency_stop", "toggle"]))),
        state in pair("state", repeatable(one_of(&["open", "closed"]))),
    ) {
        round_trip::<EpisodeFilter>(&[common, cols, mechanism, state].concat())?;
    }

    #[test]
    fn every_text_can_be_said_and_is_itself(text in text(), is_not in any::<bool>()) {
        use domain::filter::any_of::{escaped, unescaped};
        let value = if is_not { format!("!{}", escaped(&text)) } else { escaped(&text) };
        prop_assert_eq!(unescaped(&value), (is_not, text.as_str()));
        let is_plain = !text.trim_start_matches('\\').starts_with('!');
        prop_assert_eq!(escaped(&text) == text, is_plain);
        let mut filter = TradeFilter::default();
        let list = if is_not { &mut filter.asset.not } else { &mut filter.asset.any };
        list.push(domain::filter::Text(text));
        let query = ListQuery { filter, ..ListQuery::default() };
        prop_assert_eq!(ListQuery::parse(&query.pairs().to_string()).unwrap(), query);
    }

    #[test]
    fn every_moment_that_postgres_stores_is_printed_and_read(micros in -211_813_488_000_000_000_i64..9_223_371_331_200_000_000) {
        let at = Timestamp::from_postgres_micros(micros);
        prop_assert_eq!(Timestamp::parse_rfc3339(&at.rfc3339()), Some(at));
    }

    #[test]
    fn a_cursor_is_part_of_the_query(micros in 0_i64..200_000_000_000_000_000, id in any::<u128>(), newest in any::<bool>()) {
        let order = if newest { Order::Newest } else { Order::Oldest };
        let query = ListQuery::<TradeFilter> { order, ..ListQuery::default() }.at(Cursor {
            order,
            direction: Direction::Forward,
            timestamp: Timestamp::from_postgres_micros(micros),
            key: Uuid::from_u128(id),
            as_of: Timestamp::from_postgres_micros(micros),
        });
        prop_assert_eq!(ListQuery::parse(&query.pairs().to_string()).unwrap(), query);
    }

    #[test]
    fn no_query_string_panics(raw in any::<String>()) {
        let _ = ListQuery::<TradeFilter>::parse(&raw);
        let _ = ListQuery::<EventFilter>::parse(&raw);
    }
}

fn refused<F: ViewFilter>(raw: &str) -> String {
    ListQuery::<F>::parse(raw).unwrap_err().to_string()
}

#[test]
fn what_cannot_be_is_refused_by_name() {
    for (raw, param) in [
        ("asset=", "asset:"),
        ("asset=!", "asset:"),
        ("decision=buy", "decision: takes BUY, SELL or HOLD"),
        (
            "outcome=done",
            "outcome: takes executed, blocked or pending",
        ),
        (
            "block_kind=kill+switch",
            "block_kind: takes kill_switch, position_size,",
        ),
        ("limit=0", "limit: takes a whole number from 1 to 500"),
        ("limit=501", "limit:"),
        ("limit=ten", "limit:"),
        ("limit=5&limit=6", "limit: is given more than once"),
        ("order=up", "order: takes newest or oldest"),
        ("tz=Sydney", "tz: takes an IANA zone name"),
        (
            "min_confidence=1.5",
            "min_confidence: takes a number from 0 to 1",
        ),
        ("max_confidence=NaN", "max_confidence:"),
        (
            "min_confidence=0.9&max_confidence=0.1",
            "min_confidence: 0.9 is above",
        ),
        ("after=garbage", "after: takes a cursor"),
        ("cols=asset,colour", "cols: takes time, decision, asset,"),
        ("cols=asset&cols=asset", "cols: takes time, decision,"),
        ("cols=", "cols:"),
        ("q=+++", "q: holds no word"),
        (
            "assets=BTC",
            "assets: unknown parameter; this address takes from, to",
        ),
        ("details.signal=BTC", "details.signal: unknown parameter"),
    ] {
        let message = refused::<TradeFilter>(raw);
        assert!(message.starts_with(param), "{raw}: {message}");
    }
    assert!(
        refused::<SignalFilter>("outcome=executed")
            .starts_with("outcome: takes approved, rejected")
    );
    assert!(refused::<EventFilter>("details.=x").starts_with("details."));
    assert!(refused::<EventFilter>("actor=nobody").starts_with("actor: takes a user id"));
}

#[test]
fn a_sign_can_be_told_from_a_text() {
    let take = |value: &str| {
        AnyOf::<domain::filter::Text>::from_values("agent", [value.to_owned()]).unwrap()
    };
    assert_eq!(take("!a").not[0].print(), "a");
    assert_eq!(take("\\!a").any[0].print(), "!a");
    assert_eq!(take("!\\!a").not[0].print(), "!a");
    // Nothing else is a sign: these are themselves.
    for text in ["\\x27", "\\", "\\\\", "\\\\a", "a!", "a\\!", "\\a!"] {
        assert_eq!(take(text).any[0].print(), text);
        assert_eq!(take(&format!("!{text}")).not[0].print(), text);
    }
    assert_eq!(take("\\\\!a").any[0].print(), "\\!a");
    assert_eq!(take("\\!").any[0].print(), "!");
}

#[test]
fn what_is_right_of_a_query_stays_and_every_fault_is_told() {
    let raw = "bogus=1&last=xx&asset=BTC&decision=BUY&decision=buy&limit=501&q=rsi";
    let (query, read) = ListQuery::<TradeFilter>::read(Params::read(raw));
    assert_eq!(query.pairs().to_string(), "q=rsi&asset=BTC&decision=BUY");
    let error = read.unwrap_err();
    assert_eq!(
        error.params().collect::<Vec<_>>(),
        ["bogus", "last", "decision", "limit"]
    );
    let told = error.to_string();
    for says in [
        "bogus: unknown parameter",
        "last: takes a whole number and s, m, h, d or w",
        "decision: takes BUY, SELL or HOLD, not “buy”",
        "limit: takes a whole number from 1 to 500",
    ] {
        assert!(told.contains(says), "{says}: {told}");
    }
    assert_eq!(ListQuery::<TradeFilter>::parse(raw).unwrap_err(), error);
}

#[test]
fn days_need_a_zone_and_moments_do_not() {
    let zone = chrono_tz::Tz::Australia__Sydney;
    let printed = |raw: &str| {
        let query = ListQuery::<TradeFilter>::parse(raw).unwrap();
        query.zoned(zone).pairs().to_string()
    };
    assert_eq!(
        printed("to=2026-11-24"),
        "to=2026-11-24&tz=Australia/Sydney"
    );
    assert_eq!(printed("to=2026-11-24&tz=UTC"), "to=2026-11-24&tz=UTC");
    for raw in ["last=7d", "asset=BTC", "from=2026-11-24T00:00:00.000000Z"] {
        assert_eq!(printed(raw), raw);
    }
}

#[test]
fn an_export_is_pinned_to_what_the_first_page_covers() {
    let newest = Timestamp::parse_rfc3339("2026-11-23T07:35:27.531030Z").unwrap();
    let pinned = |raw: &str, newest| {
        let query = ListQuery::<TradeFilter>::parse(raw).unwrap();
        let window = query.window(chrono_tz::Tz::UTC, newest).unwrap();
        query.pinned(window, Some(newest)).pairs().to_string()
    };
    let end = "to=2026-11-23T07:35:27.531030Z";
    assert_eq!(pinned("limit=5&cols=id", newest), end);
    assert_eq!(
        pinned("asset=BTC&last=1d", newest),
        format!("from=2026-11-22T07:35:27.531030Z&{end}&asset=BTC")
    );
    // The newest row is not known here, or cannot be said: the end stays open.
    assert_eq!(pinned("order=oldest", newest), "order=oldest");
    assert_eq!(pinned("", Timestamp::INFINITY), "");
}

#[test]
fn columns_narrow_nothing() {
    let query = ListQuery::<TradeFilter>::parse("asset=BTC&cols=id,asset").unwrap();
    assert_eq!(query.filter_pairs().to_string(), "asset=BTC");
    assert_eq!(query.pairs().to_string(), "asset=BTC&cols=id,asset");
}
