//! A json text as a tree that can be read, and as one line.

use domain::filter::details::DetailsPath;
use domain::filter::negation::escaped;
use domain::json::Tree;
use domain::query::{MAX_VALUE_CHARS, Pairs};
use leptos::either::Either;
use leptos::prelude::*;

use super::html::{Html, written};
use super::text::{Stored, StoredLines, cut, write_stored};
use super::visible::write_visible;

/// Whether the values of a tree lead to `/events?details.PATH=value`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonLinks {
    /// They do.
    ToEvents,
    /// They are only read.
    None,
}

/// The whole text: a tree, and the text itself as it is stored.
#[component]
pub fn Json<'a>(
    /// The text, json or not.
    text: &'a str,
    /// Whether its values are links.
    links: JsonLinks,
) -> impl IntoView + use<> {
    let tree = match Tree::read(text) {
        Tree::Raw(raw) => Either::Left(view! { <StoredLines text=&raw /> }),
        tree => Either::Right(view! {
            <div class="json"><Node tree=&tree path=&[] links /></div>
            <details class="disclosure">
                <summary>"Raw JSON"</summary>
                <StoredLines text />
            </details>
        }),
    };
    view! { <div class="json-box" dir="ltr">{tree}</div> }
}

/// A value of the tree. It may contain others like it, so its type is erased.
#[component]
fn Node<'a>(
    /// The value.
    tree: &'a Tree,
    /// The keys that lead to it.
    path: &'a [String],
    /// Whether its scalars are links.
    links: JsonLinks,
) -> AnyView {
    match tree {
        Tree::Object(members) => {
            let members = members.iter().map(|(key, value)| (key.clone(), value));
            view! { <Members members=members.collect() path links /> }.into_any()
        }
        Tree::Array(elements) => {
            let members = elements.iter().enumerate();
            let members = members.map(|(at, value)| (at.to_string(), value));
            view! { <Members members=members.collect() path links /> }.into_any()
        }
        scalar => view! { <Leaf scalar path links /> }.into_any(),
    }
}

#[component]
fn Members<'a>(
    /// Each key with its value.
    members: Vec<(String, &'a Tree)>,
    /// The keys that lead to them.
    path: &'a [String],
    /// Whether scalars are links.
    links: JsonLinks,
) -> impl IntoView + use<> {
    if members.is_empty() {
        return Either::Left(view! { <span class="none">"empty"</span> });
    }
    let items = members.into_iter().map(|(key, tree)| {
        let path = [path, std::slice::from_ref(&key)].concat();
        let inner = view! { <Node tree path=&path links /> };
        if is_open_container(tree) {
            Either::Left(view! {
                <li>
                    <details open=true>
                        <summary><Stored text=key class="key" /></summary>
                        {inner}
                    </details>
                </li>
            })
        } else {
            Either::Right(view! { <li class="pair"><Stored text=key class="key" />{inner}</li> })
        }
    });
    Either::Right(view! { <ul>{items.collect_view()}</ul> })
}

fn is_open_container(tree: &Tree) -> bool {
    match tree {
        Tree::Object(members) => !members.is_empty(),
        Tree::Array(elements) => !elements.is_empty(),
        Tree::String(_) | Tree::Bare(_) | Tree::Raw(_) => false,
    }
}

#[component]
fn Leaf<'a>(
    /// The value.
    scalar: &'a Tree,
    /// The keys that lead to it.
    path: &'a [String],
    /// Whether it is a link.
    links: JsonLinks,
) -> impl IntoView + use<> {
    let (class, text) = match scalar {
        Tree::String(text) => ("str", text.as_str()),
        Tree::Bare(text) => ("bare", text.as_str()),
        Tree::Raw(text) => ("raw-value", text.as_str()),
        Tree::Object(_) | Tree::Array(_) => return None,
    };
    let target = match links {
        JsonLinks::ToEvents => events_link(scalar, path),
        JsonLinks::None => None,
    };
    Some(match target {
        Some(href) => Either::Left(view! {
            <a class=class href=href title="Events with this value here"><Stored text /></a>
        }),
        None => Either::Right(view! { <Stored text class /> }),
    })
}

/// `/events?details.PATH=value`, for values that such a filter can name.
fn events_link(tree: &Tree, path: &[String]) -> Option<String> {
    let value = tree.scalar()?;
    let nameable = !path.is_empty()
        && path
            .iter()
            .all(|key| !key.is_empty() && !key.contains('\0'))
        && !value.is_empty()
        && !value.contains('\0')
        && value.chars().count() < MAX_VALUE_CHARS
        && *tree != Tree::Bare("null".to_owned());
    nameable.then(|| {
        Pairs::default()
            .with(DetailsPath::new(path.to_vec()).param(), escaped(value))
            .link("/events")
    })
}

/// Most pairs that a row shows.
const ROW_PAIRS: usize = 7;

/// One line for a table: the scalars with their keys, ids left to the event's own page.
#[component]
pub fn JsonLine<'a>(
    /// The text, json or not; none where the column is NULL.
    text: Option<&'a str>,
) -> impl IntoView + use<> {
    written(|html| write_one_line(html, text))
}

/// Writes [`JsonLine`].
pub fn write_one_line(html: &mut Html, text: Option<&str>) {
    let Some(text) = text else {
        html.raw("<span class=\"none\">no details</span>");
        return;
    };
    let mut pairs = Vec::new();
    flatten(&Tree::read(text), "", &mut pairs);
    html.raw("<span class=\"kvs\">");
    for (key, value) in pairs.iter().take(ROW_PAIRS) {
        html.raw("<span class=\"kv\"><bdi class=\"key\">");
        write_visible(html, key);
        html.raw("</bdi> ");
        write_stored(html, &cut(value, 120));
        html.raw("</span>");
    }
    let left_out = pairs.len().saturating_sub(ROW_PAIRS);
    if left_out > 0 {
        html.raw("<span class=\"none\">+").print(left_out);
        html.raw("</span>");
    }
    html.raw("</span>");
}

fn flatten(tree: &Tree, key: &str, out: &mut Vec<(String, String)>) {
    match tree {
        Tree::Object(members) => {
            for (inner, value) in members {
                flatten(value, inner, out);
            }
        }
        Tree::Array(elements) => {
            for value in elements {
                flatten(value, key, out);
            }
        }
        Tree::String(value) if uuid::Uuid::try_parse(value).is_ok() => {}
        Tree::String(value) | Tree::Bare(value) | Tree::Raw(value) => {
            // The snapshot repeats the signal's coin.
            let known = out.iter().any(|(k, v)| k == key && v == value);
            if !known {
                out.push((key.to_owned(), value.clone()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(tree: &Tree, path: &[&str]) -> Option<String> {
        let path: Vec<String> = path.iter().map(ToString::to_string).collect();
        events_link(tree, &path)
    }

    #[test]
    fn values_lead_to_the_events_that_share_them() {
        let value = Tree::String("!BTC & co".to_owned());
        assert_eq!(
            link(&value, &["signal", "coin.type"]).unwrap(),
            "/events?details.signal.coin%5C.type=%5C!BTC%20%26%20co"
        );
    }

    #[test]
    fn what_no_filter_can_name_is_no_link() {
        assert_eq!(link(&Tree::String(String::new()), &["a"]), None);
        assert_eq!(link(&Tree::Bare("null".to_owned()), &["a"]), None);
        assert_eq!(link(&Tree::String("x".repeat(500)), &["a"]), None);
        assert_eq!(link(&Tree::Bare("1".to_owned()), &["a", ""]), None);
        assert_eq!(link(&Tree::Bare("1".to_owned()), &[]), None);
    }

    #[test]
    fn a_row_shows_scalars_once_and_no_ids() {
        let mut pairs = Vec::new();
        let text = r#"{"algorithm_id": "74ad3880-c88c-4a10-bd8f-5c5659726601",
            "signal": {"coin_type": "SOL"}, "market": {"coin_type": "SOL", "price": 1.50}}"#;
        flatten(&Tree::read(text), "", &mut pairs);
        assert_eq!(
            pairs,
            [("coin_type", "SOL"), ("price", "1.50")].map(|(k, v)| (k.to_owned(), v.to_owned()))
        );
    }
}
