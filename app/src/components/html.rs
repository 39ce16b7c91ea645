//! HTML that is written as text. It is used for table cells, of which a page has hundreds: appending strings is cheaper
//! than building and walking a tree of views for each of them.

use std::fmt::{self, Write as _};

use leptos::prelude::*;
use leptos::tachys::html::InertElement;

/// HTML under construction. Only [`Html::raw`] appends without escaping, and it takes nothing but constants; a
/// [view](Html::view) escapes by itself.
#[derive(Debug, Default)]
pub struct Html(String);

impl Html {
    /// Makes room for so many more bytes.
    pub fn reserve(&mut self, bytes: usize) {
        self.0.reserve(bytes);
    }

    /// Appends markup.
    pub fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Appends text, or an attribute's value between double quotes.
    pub fn text(&mut self, text: &str) -> &mut Self {
        push_escaped(&mut self.0, text);
        self
    }

    /// Appends a displayable value, escaped.
    pub fn print(&mut self, value: impl fmt::Display) -> &mut Self {
        // Writing to a `String` cannot fail.
        let _ = write!(Escaping(&mut self.0), "{value}");
        self
    }

    /// Appends an attribute, where there is a value.
    pub fn attribute(&mut self, name: &'static str, value: Option<&str>) -> &mut Self {
        if let Some(value) = value {
            self.raw(" ").raw(name).raw("=\"").text(value).raw("\"");
        }
        self
    }

    /// Appends a view.
    pub fn view(&mut self, view: impl IntoView) -> &mut Self {
        self.0.push_str(&view.to_html());
        self
    }

    /// The text.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }
}

/// What `write` writes, as a view of one element: how a component shows what a table's cell shows.
pub fn written(write: impl FnOnce(&mut Html)) -> InertElement {
    let mut html = Html::default();
    write(&mut html);
    InertElement::new(html.into_string())
}

/// A text with nothing in it that ends it or an attribute between double quotes.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    push_escaped(&mut out, text);
    out
}

fn push_escaped(out: &mut String, text: &str) {
    // Nearly all texts need no escaping, and this scan of the bytes is vectorized.
    let is_special = |byte| matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\'');
    if !text.bytes().fold(false, |any, byte| any | is_special(byte)) {
        out.push_str(text);
        return;
    }
    let mut plain = 0;
    for (at, byte) in text.bytes().enumerate() {
        let entity = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            b'\'' => "&#39;",
            _ => continue,
        };
        out.push_str(&text[plain..at]);
        out.push_str(entity);
        plain = at + 1;
    }
    out.push_str(&text[plain..]);
}

struct Escaping<'a>(&'a mut String);

impl fmt::Write for Escaping<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        push_escaped(self.0, text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_stored_is_markup() {
        let mut html = Html::default();
        html.raw("<td")
            .attribute("title", Some("\"><script>'&"))
            .attribute("class", None)
            .raw(">")
            .text("<b>ü</b>")
            .print(format_args!("{}", '<'));
        assert_eq!(
            html.into_string(),
            "<td title=\"&quot;&gt;&lt;script&gt;&#39;&amp;\">&lt;b&gt;ü&lt;/b&gt;&lt;"
        );
    }
}
