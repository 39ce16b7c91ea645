//! Renders user-written Markdown as safe HTML.
//!
//! Raw HTML is text, images are their alt text, links lead only to `http`, `https` and `mailto`, headings
//! begin below the page's own. Nothing that is written gets an id, a class or a style.

use super::html::escaped;
use super::visible::visible;
use leptos::prelude::*;
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd};

/// Quotes and lists nested deeper than this are shown at this depth.
const DEEPEST: usize = 6;

/// The text, isolated so that right-to-left letters do not reorder the surrounding text, with invisible characters
/// marked.
#[component]
pub fn Markdown<'a>(
    /// What was written.
    text: &'a str,
) -> impl IntoView + use<> {
    let html = visible(&html(text)).into_owned();
    view! { <div class="md" dir="auto" inner_html=html></div> }
}

/// The text as HTML.
fn html(text: &str) -> String {
    let mut tamer = Sanitizer::default();
    let events = Parser::new_ext(text, Options::ENABLE_STRIKETHROUGH)
        .filter_map(|event| tamer.sanitize(event));
    let mut html = String::with_capacity(text.len() * 2);
    pulldown_cmark::html::push_html(&mut html, events);
    html
}

/// The elements that are open during rendering.
#[derive(Default)]
struct Sanitizer {
    /// Of every open link whether it was kept.
    links: Vec<bool>,
    /// Open images, of which only the alt text is kept.
    images: usize,
    /// Open quotes, lists and list items.
    depth: usize,
}

impl Sanitizer {
    fn sanitize<'a>(&mut self, event: Event<'a>) -> Option<Event<'a>> {
        match event {
            Event::Html(raw) | Event::InlineHtml(raw) => Some(Event::Text(raw)),
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            other => Some(other),
        }
    }

    fn start<'a>(&mut self, tag: Tag<'a>) -> Option<Event<'a>> {
        match tag {
            Tag::Image { .. } => {
                self.images += 1;
                None
            }
            Tag::Link {
                link_type,
                dest_url,
                ..
            } => {
                let target = target(link_type, &dest_url).filter(|_| self.images == 0);
                self.links.push(target.is_some());
                let target = escaped(&target?);
                let rel = "nofollow noopener noreferrer";
                Some(Event::InlineHtml(
                    format!("<a href=\"{target}\" rel=\"{rel}\">").into(),
                ))
            }
            Tag::Heading { level, .. } => Some(Event::Start(Tag::Heading {
                level: lowered(level),
                id: None,
                classes: Vec::new(),
                attrs: Vec::new(),
            })),
            Tag::CodeBlock(_) => Some(Event::Start(Tag::CodeBlock(CodeBlockKind::Indented))),
            // An HTML block's lines come as texts of their own: they need a paragraph.
            Tag::HtmlBlock => Some(Event::Start(Tag::Paragraph)),
            Tag::BlockQuote(_) => self.deeper(Tag::BlockQuote(None)),
            Tag::List(_) | Tag::Item => self.deeper(tag),
            other => Some(Event::Start(other)),
        }
    }

    fn end<'a>(&mut self, tag: TagEnd) -> Option<Event<'a>> {
        match tag {
            TagEnd::Image => {
                self.images = self.images.saturating_sub(1);
                None
            }
            TagEnd::Link => {
                let kept = self.links.pop().unwrap_or(false);
                kept.then(|| Event::InlineHtml("</a>".into()))
            }
            TagEnd::Heading(level) => Some(Event::End(TagEnd::Heading(lowered(level)))),
            TagEnd::HtmlBlock => Some(Event::End(TagEnd::Paragraph)),
            TagEnd::BlockQuote(_) => self.shallower(TagEnd::BlockQuote(None)),
            TagEnd::List(_) | TagEnd::Item => self.shallower(tag),
            other => Some(Event::End(other)),
        }
    }

    fn deeper<'a>(&mut self, tag: Tag<'a>) -> Option<Event<'a>> {
        self.depth += 1;
        (self.depth <= 2 * DEEPEST).then_some(Event::Start(tag))
    }

    fn shallower<'a>(&mut self, tag: TagEnd) -> Option<Event<'a>> {
        let kept = self.depth <= 2 * DEEPEST;
        self.depth = self.depth.saturating_sub(1);
        kept.then_some(Event::End(tag))
    }
}

/// A link's address, if its scheme is allowed.
fn target(link: LinkType, url: &str) -> Option<String> {
    if link == LinkType::Email {
        return Some(format!("mailto:{url}"));
    }
    let (scheme, _) = url.split_once(':')?;
    let known = ["http", "https", "mailto"]
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known));
    known.then(|| url.to_owned())
}

/// Headings start at level four, below the page's own.
const fn lowered(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H4,
        HeadingLevel::H2 => HeadingLevel::H5,
        _ => HeadingLevel::H6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_markdown_is_ordinary_html() {
        let text = "# Cause\n\n**Redis** was `down`:\n\n1. one\n2. two\n\n> said ~~she~~ he\n";
        assert_eq!(
            html(text),
            "<h4>Cause</h4>\n<p><strong>Redis</strong> was <code>down</code>:</p>\n\
             <ol>\n<li>one</li>\n<li>two</li>\n</ol>\n\
             <blockquote>\n<p>said <del>she</del> he</p>\n</blockquote>\n"
        );
    }

    #[test]
    fn no_element_but_ours_and_no_attribute_but_two() {
        let hostile = [
            "<script>alert(1)</script>",
            "a <img src=x onerror=alert(1)> b",
            "<div style=\"position:fixed\">\n<form action=//evil>\n\n</div>",
            "<!--\n--><svg/onload=alert(1)>",
            "<a href=\"javascript:alert(1)\">x</a>",
            "![x](https://evil/pixel.png \"t\" )",
            "![a [b](https://evil) c](data:image/png;base64,x)",
            "# h {#id .class onclick=alert(1)}",
            "```js\" onclick=\"alert(1)\nlet a;\n```",
            "| a |\n|:-:|\n| b |",
            "[^1]\n\n[^1]: foot",
            "<leptos-island data-component=\"Keyboard\">",
            "<!>",
        ];
        for text in hostile {
            let html = html(text);
            let allowed = [
                "<p>", "</p>", "<h4>", "</h4>", "<pre>", "<code>", "</code>", "</pre>",
            ];
            let bare = allowed
                .iter()
                .fold(html.clone(), |rest, tag| rest.replace(tag, ""));
            assert!(!bare.contains('<'), "{text} became {html}");
        }
    }

    #[test]
    fn links_lead_where_they_may_and_nowhere_else() {
        for url in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "&#106;avascript:alert(1)",
            "\u{1}javascript:alert(1)",
            "data:text/html,<b>",
            "vbscript:x",
            "file:///etc/passwd",
            "//evil.example",
            "/logout",
            "#review",
        ] {
            let html = html(&format!("[here]({url}) <{url}>"));
            assert!(!html.contains("<a"), "{url} became {html}");
            assert!(html.contains("here"), "{html}");
        }
        assert_eq!(
            html("[a](https://e.example/?a=1&b=\"><i>) <me@e.example>"),
            "<p><a href=\"https://e.example/?a=1&amp;b=&quot;&gt;&lt;i&gt;\" \
             rel=\"nofollow noopener noreferrer\">a</a> \
             <a href=\"mailto:me@e.example\" rel=\"nofollow noopener noreferrer\">me@e.example</a></p>\n"
        );
        let reference = html("[x][y]\n\n[y]: javascript:alert(1)");
        assert_eq!(reference, "<p>x</p>\n");
    }

    #[test]
    fn what_is_nested_without_end_is_shown_without_it() {
        let html = html(&">".repeat(4_000));
        assert!(
            html.matches("<blockquote>").count() <= 2 * DEEPEST,
            "{html}"
        );
        assert_eq!(
            html.matches("<blockquote>").count(),
            html.matches("</blockquote>").count()
        );
    }

    #[test]
    fn marks_of_direction_stay_inside() {
        let html = view! { <Markdown text="\u{202e}evil\u{2066}" /> }.to_html();
        assert!(html.starts_with("<div"), "{html}");
        assert!(html.contains("dir=\"auto\""), "{html}");
        assert!(html.ends_with("</div>"), "{html}");
    }
}
