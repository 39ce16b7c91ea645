//! Queries round-trip through printing and parsing; values that parameters accept.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test fails where it meets what it did not expect"
)]

use chrono_tz::Tz;
use domain::catalogue::{RowKey, View};
use domain::cursor::{Cursor, Direction};
use domain::filter::negation::{escaped, unescaped};
use domain::filter::{Columns, ListQuery, SavedColumns};
use domain::page::Order;
use domain::query::{ParamError, Params};
use domain::saved::SavedQuery;
use domain::time::Timestamp;
use proptest::prelude::*;
use store::views;
use uuid::Uuid;

/// Text that a column may contain, biased towards characters that are awkward in URLs.
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

/// A value of a repeatable parameter, as a user may write it.
fn repeatable(value: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    (any::<bool>(), value).prop_map(|(not, value)| {
        let escaped = escaped(&value);
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
fn round_trip(view: View, pairs: &[Pair]) -> Result<(), TestCaseError> {
    let query = Params::from_pairs(pairs.to_vec())
        .and_then(|params| ListQuery::from_params(view, params))
        .map_err(|error| TestCaseError::fail(format!("{error} in {pairs:?}")))?;
    let printed = query.pairs().to_string();
    let again = ListQuery::parse(view, &printed)
        .map_err(|error| TestCaseError::fail(format!("{error} in {printed}")))?;
    prop_assert_eq!(&again, &query);
    prop_assert_eq!(again.pairs().to_string(), printed);
    Ok(())
}

proptest! {
    #[test]
    fn trades(
        common in common(),
        cols in columns(views::trades()),
        agent in pair("agent", repeatable(text())),
        asset in pair("asset", repeatable(text())),
        decision in pair("decision", repeatable(one_of(&["BUY", "SELL", "HOLD"]))),
        outcome in pair("outcome", repeatable(one_of(&["executed", "blocked", "pending"]))),
        status in pair("order_status", repeatable(one_of(&["filled", "missing", "failed"]))),
        block in pair("block_kind", repeatable(one_of(&["kill_switch", "named_rule", "other"]))),
        confidence in confidence(),
    ) {
        round_trip(views::trades(), &[common, cols, agent, asset, decision, outcome, status, block, confidence].concat())?;
    }

    #[test]
    fn signals(
        common in common(),
        cols in columns(views::signals()),
        algorithm in pair("algorithm", repeatable(text())),
        action in pair("action", repeatable(one_of(&["buy", "sell", "neutral"]))),
        origin in pair("origin", repeatable(one_of(&["executor", "collector"]))),
        outcome in pair("outcome", repeatable(one_of(&["approved", "rejected", "order", "filled", "nothing"]))),
        confidence in confidence(),
    ) {
        round_trip(views::signals(), &[common, cols, algorithm, action, origin, outcome, confidence].concat())?;
    }

    #[test]
    fn events(
        common in common(),
        cols in columns(views::events()),
        kind in pair("type", repeatable(text())),
        actor in pair("actor", repeatable(one_of(&["system", "a@b", "5cc13e81-f0d5-42de-a352-e8a1565429ca"]))),
        key in text(),
        value in text(),
    ) {
        let path = domain::filter::details::DetailsPath::new(vec!["signal".to_owned(), key]);
        let details = vec![(path.param(), escaped(&value))];
        round_trip(views::events(), &[common, cols, kind, actor, details].concat())?;
    }

    #[test]
    fn kill_switch(
        common in common(),
        cols in columns(views::kill_switch()),
        mechanism in pair("mechanism", repeatable(one_of(&["emergency_stop", "toggle"]))),
        state in pair("state", repeatable(one_of(&["open", "closed"]))),
    ) {
        round_trip(views::kill_switch(), &[common, cols, mechanism, state].concat())?;
    }

    #[test]
    fn every_text_round_trips_through_the_url(text in text(), is_not in any::<bool>()) {
        let value = if is_not { format!("!{}", escaped(&text)) } else { escaped(&text) };
        prop_assert_eq!(unescaped(&value), (is_not, text.as_str()));
        let is_plain = !text.trim_start_matches('\\').starts_with('!');
        prop_assert_eq!(escaped(&text) == text, is_plain);
        let params = Params::from_pairs([("asset".to_owned(), value)]).unwrap();
        let query = ListQuery::from_params(views::trades(), params).unwrap();
        let given = query.filter.get("asset").unwrap();
        let list = if is_not { &given.not } else { &given.any };
        prop_assert_eq!(list, &[text]);
        let printed = query.pairs().to_string();
        prop_assert_eq!(ListQuery::parse(views::trades(), &printed).unwrap(), query);
    }

    #[test]
    fn every_moment_that_postgres_stores_is_printed_and_read(micros in -211_813_488_000_000_000_i64..9_223_371_331_200_000_000) {
        let at = Timestamp::from_postgres_micros(micros);
        prop_assert_eq!(Timestamp::parse_rfc3339(&at.rfc3339()), Some(at));
    }

    #[test]
    fn a_cursor_is_part_of_the_query(micros in 0_i64..200_000_000_000_000_000, id in any::<u128>(), newest in any::<bool>()) {
        let order = if newest { Order::Newest } else { Order::Oldest };
        let query = ListQuery { order, ..ListQuery::all(views::trades()) }.at(Cursor {
            order,
            direction: Direction::Forward,
            timestamp: Timestamp::from_postgres_micros(micros),
            key: RowKey::Uuid(Uuid::from_u128(id)),
            as_of: Timestamp::from_postgres_micros(micros),
        });
        let printed = query.pairs().to_string();
        prop_assert_eq!(ListQuery::parse(views::trades(), &printed).unwrap(), query);
    }

    #[test]
    fn no_query_string_panics(raw in any::<String>()) {
        let _ = ListQuery::parse(views::trades(), &raw);
        let _ = ListQuery::parse(views::events(), &raw);
    }
}

fn refused(view: View, raw: &str) -> String {
    ListQuery::parse(view, raw).unwrap_err().to_string()
}

#[test]
fn invalid_parameters_are_rejected_by_name() {
    for (raw, param) in [
        ("asset=", "asset:"),
        ("asset=!", "asset:"),
        ("decision=", "decision: has no value"),
        ("decision=!", "decision: takes a text that is not empty"),
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
        let message = refused(views::trades(), raw);
        assert!(message.starts_with(param), "{raw}: {message}");
    }
    assert!(
        refused(views::signals(), "outcome=executed")
            .starts_with("outcome: takes approved, rejected")
    );
    assert!(refused(views::events(), "details.=x").starts_with("details."));
    assert!(refused(views::events(), "actor=nobody").starts_with("actor: takes a user id"));
}

#[test]
fn negation_is_distinguished_from_text_beginning_with_its_sign() {
    let take = |value: &str| {
        let params = Params::from_pairs([("agent".to_owned(), value.to_owned())]).unwrap();
        let query = ListQuery::from_params(views::trades(), params).unwrap();
        let given = query.filter.get("agent").unwrap();
        (given.any.join(" "), given.not.join(" "))
    };
    let (wanted, unwanted) = (
        |text: &str| (text.to_owned(), String::new()),
        |text: &str| (String::new(), text.to_owned()),
    );
    assert_eq!(take("!a"), unwanted("a"));
    assert_eq!(take("\\!a"), wanted("!a"));
    assert_eq!(take("!\\!a"), unwanted("!a"));
    // Nothing else is special: these are literal.
    for text in ["\\x27", "\\", "\\\\", "\\\\a", "a!", "a\\!", "\\a!"] {
        assert_eq!(take(text), wanted(text));
        assert_eq!(take(&format!("!{text}")), unwanted(text));
    }
    assert_eq!(take("\\\\!a"), wanted("\\!a"));
    assert_eq!(take("\\!"), wanted("!"));
}

/// Stored values can be queried even if the console does not know them.
#[test]
fn any_stored_value_can_be_asked_for() {
    for (view, raw) in [
        (views::trades(), "decision=buy"),
        (views::trades(), "order_status=expired"),
        (views::events(), "severity=debug"),
        (views::signals(), "action=close"),
    ] {
        let query = ListQuery::parse(view, raw).unwrap();
        assert_eq!(query.pairs().to_string(), raw);
    }
}

#[test]
fn valid_parts_of_a_query_are_kept_and_all_faults_reported() {
    let raw = "bogus=1&last=xx&asset=BTC&outcome=blocked&outcome=done&limit=501&q=rsi";
    let (query, read) = ListQuery::read(views::trades(), Params::read(raw));
    assert_eq!(query.pairs().to_string(), "q=rsi&asset=BTC&outcome=blocked");
    let error = read.unwrap_err();
    assert_eq!(
        error.params().collect::<Vec<_>>(),
        ["bogus", "last", "outcome", "limit"]
    );
    let told = error.to_string();
    for says in [
        "bogus: unknown parameter",
        "last: takes a whole number and s, m, h, d or w",
        "outcome: takes executed, blocked or pending, not “done”",
        "limit: takes a whole number from 1 to 500",
    ] {
        assert!(told.contains(says), "{says}: {told}");
    }
    assert_eq!(ListQuery::parse(views::trades(), raw).unwrap_err(), error);
}

#[test]
fn days_depend_on_a_zone_and_times_do_not() {
    let zone = chrono_tz::Tz::Australia__Sydney;
    let printed = |raw: &str| {
        let query = ListQuery::parse(views::trades(), raw).unwrap();
        query.with_zone(zone).pairs().to_string()
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
        let query = ListQuery::parse(views::trades(), raw).unwrap();
        let window = query.window(chrono_tz::Tz::UTC, newest).unwrap();
        query.pinned(window, Some(newest)).pairs().to_string()
    };
    let end = "to=2026-11-23T07:35:27.531030Z";
    assert_eq!(pinned("limit=5&cols=id", newest), end);
    assert_eq!(
        pinned("asset=BTC&last=1d", newest),
        format!("from=2026-11-22T07:35:27.531030Z&{end}&asset=BTC")
    );
    // The newest row is unknown here or has no printable time: the end stays open.
    assert_eq!(pinned("order=oldest", newest), "order=oldest");
    assert_eq!(pinned("", Timestamp::INFINITY), "");
}

#[test]
fn columns_narrow_nothing() {
    let query = ListQuery::parse(views::trades(), "asset=BTC&cols=id,asset").unwrap();
    assert_eq!(query.filter_pairs().to_string(), "asset=BTC");
    assert_eq!(query.pairs().to_string(), "asset=BTC&cols=id,asset");
}

fn take_columns(raw: &str) -> Result<Option<Columns>, ParamError> {
    Columns::take(&mut Params::parse(raw).unwrap(), views::events())
}

#[test]
fn column_names_are_a_list_or_repeated_parameters() {
    let one = take_columns("cols=type,id").unwrap().unwrap();
    assert_eq!(one.names(), ["type", "id"]);
    assert_eq!(
        take_columns("cols=time&cols=type&cols=id").unwrap(),
        Some(one)
    );
    assert_eq!(take_columns("").unwrap(), None);
    assert_eq!(take_columns("cols=time").unwrap().unwrap().print(), "time");
}

#[test]
fn unknown_columns_are_rejected_with_the_list_of_columns() {
    assert_eq!(
        take_columns("cols=type,colour").unwrap_err().to_string(),
        "cols: takes time, severity, type, actor, details, user, user_id, id, each once, not “colour”"
    );
    for raw in ["cols=id,id", "cols=id&cols=id", "cols=time,time"] {
        let message = take_columns(raw).unwrap_err().to_string();
        assert!(message.contains(", each once, not “"), "{message}");
    }
    for raw in ["cols=,", "cols=id,", "cols=Id", "cols=asset"] {
        assert_eq!(take_columns(raw).unwrap_err().param, "cols", "{raw}");
    }
}

#[test]
fn columns_can_be_moved_towards_the_time() {
    let columns = take_columns("cols=type,id,user").unwrap().unwrap();
    assert_eq!(
        columns.with_earlier("user").unwrap().print(),
        "type,user,id"
    );
    assert_eq!(columns.with_earlier("type"), None);
    assert_eq!(columns.with_earlier("actor"), None);
}

#[test]
fn saved_columns_are_read_back_and_invalid_ones_ignored() {
    let columns = Columns::all(views::events());
    let to_cookie = columns.to_cookie();
    let kept = SavedColumns::read(&views::all(), |view| match view {
        view if view == views::events() => Some(to_cookie.as_str()),
        view if view == views::trades() => Some("asset.nothing"),
        _ => None,
    });
    assert_eq!(kept.of(views::events()), Some(&columns));
    assert_eq!(kept.of(views::trades()), None);
}

#[test]
fn every_view_names_its_columns_once() {
    for view in views::all() {
        let names = Columns::all(view).print();
        let mut params = Params::from_pairs([("cols".to_owned(), names)]).unwrap();
        let all = Columns::take(&mut params, view).unwrap();
        assert_eq!(all, Some(Columns::all(view)), "{view}");
    }
}

fn cursor() -> Cursor {
    Cursor {
        order: Order::Newest,
        direction: Direction::Backward,
        timestamp: Timestamp::from_postgres_micros(-5),
        key: RowKey::Uuid(Uuid::from_u128(7)),
        as_of: Timestamp::from_postgres_micros(0),
    }
}

#[test]
fn cursors_round_trip() {
    let text = cursor().print(views::trades());
    assert_eq!(
        Cursor::parse(&text, views::trades(), Order::Newest),
        Ok(cursor())
    );
}

#[test]
fn foreign_and_broken_cursors_are_refused() {
    let text = cursor().print(views::trades());
    let parse = |text: &str, view, order| Cursor::parse(text, view, order).unwrap_err();
    assert!(parse(&text, views::trades(), Order::Oldest).contains("order=newest"));
    assert!(parse(&text, views::events(), Order::Newest).contains("belongs to trades"));
    for (timestamp, as_of) in [(i64::MIN + 1, 0), (i64::MAX - 1, 0), (0, i64::MAX), (0, -1)] {
        let forged = Cursor {
            timestamp: Timestamp::from_postgres_micros(timestamp),
            as_of: Timestamp::from_postgres_micros(as_of),
            ..cursor()
        };
        let text = forged.print(views::trades());
        assert!(parse(&text, views::trades(), Order::Newest).contains("unchanged"));
    }
    for garbage in ["", "%", "AAAA", "MXx0cmFkZXM", &text[1..]] {
        assert!(!parse(garbage, views::trades(), Order::Newest).is_empty());
    }
}

#[test]
fn a_query_is_saved_as_the_list_prints_it() {
    let raw = "order=oldest&cols=id&asset=BTC&last=7d&limit=50";
    let saved = SavedQuery::parse(views::trades(), raw, Tz::UTC).unwrap();
    assert_eq!(saved.as_str(), "last=7d&asset=BTC&order=oldest&cols=id");
    assert_eq!(
        saved.link(views::trades()),
        "/trades?last=7d&asset=BTC&order=oldest&cols=id"
    );
    assert_eq!(saved.pairs().to_string(), saved.as_str());
    let all = SavedQuery::parse(views::events(), "", Tz::UTC).unwrap();
    assert_eq!(all.link(views::events()), "/events");
}

#[test]
fn days_are_saved_with_their_zone() {
    let of = |raw| {
        let saved = SavedQuery::parse(views::trades(), raw, Tz::Australia__Sydney);
        saved.unwrap().as_str().to_owned()
    };
    assert_eq!(of("from=2026-11-24"), "from=2026-11-24&tz=Australia/Sydney");
    assert_eq!(of("from=2026-11-24&tz=UTC"), "from=2026-11-24&tz=UTC");
    assert_eq!(of("last=7d"), "last=7d");
}

#[test]
fn queries_that_the_list_rejects_are_not_saved() {
    let of = |view, raw| SavedQuery::parse(view, raw, Tz::UTC).unwrap_err().param;
    assert_eq!(of(views::events(), "asset=BTC"), "asset");
    assert_eq!(of(views::trades(), "asset="), "asset");
    assert_eq!(of(views::findings(), "cols=nothing"), "cols");
}
