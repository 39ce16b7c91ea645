//! A list with a picture over it and facets beside it. Rows come first, and are sent first; people see and walk
//! through the picture before them all the same, since its place stands before theirs in the shadow tree.

use std::sync::Arc;

use domain::filter::ViewFilter;
use domain::page::Keyed;
use leptos::prelude::*;

use super::{Shape, empty, facets, filter, pager, picture, saved, searched};
use crate::document::{LATE, rendered, split_at_late, streamed};
use crate::model::{Drawn, Frame, Late, ListPage, Picture, Streamed};

/// The order in which people meet what is in the list's element, whatever the order in which it came. A browser
/// that knows no declarative shadow trees shows it in that order instead.
const PLACES: &str = r#"<template shadowrootmode="open"><slot name="picture"></slot><slot name="facets"></slot><slot name="rows"></slot></template>"#;

/// A list page up to its rows, and from behind its picture.
pub fn streamed_list<F, T>(
    frame: &Frame,
    page: &ListPage<F, T>,
    shape: &Shape,
    table: AnyView,
) -> Streamed
where
    F: ViewFilter,
    T: Keyed<Key = F::Key>,
{
    let body = if page.page.rows.is_empty() && page.searched_to.is_none() {
        empty::empty(page, shape, None)
    } else {
        table
    };
    let label = format!("Rows: {}", shape.noun.1);
    let rows = view! {
        <section class="sheet" slot="rows" aria-label=label>
            {body}
            {searched::searched(frame, page, shape)}
            {pager::pager(page, shape)}
        </section>
    };
    let rows = rendered(|| rows.into_any());
    let list = [PLACES, LATE].concat();
    let content = view! {
        <div class="page-head">
            <h1>{shape.title}</h1>
            <p>{shape.about}</p>
        </div>
        {filter::filter(frame, &page.query, &page.choices, shape)}
        {saved::line(frame, page, shape)}
        <div class="list" inner_html=list></div>
    };
    let content = content.into_any();
    streamed(frame, shape.section, shape.title, content, rows)
}

/// What is late: the picture and the facets.
pub fn late<F, T>(frame: &Frame, page: &ListPage<F, T>, shape: &Shape, made: &Picture) -> Late
where
    F: ViewFilter,
    T: Keyed<Key = F::Key>,
{
    let survey = made.survey();
    let draw = || Drawn {
        chart: rendered(|| picture::body(frame, page, shape, made)),
        facets: rendered(|| facets::facets(page, shape, survey)),
    };
    let drawn = match made {
        Picture::Made(made) => {
            let zone = page.query.tz.unwrap_or(frame.zone).name();
            made.drawn(page.query.pairs().link(zone), draw)
        }
        Picture::Late | Picture::Failed => Arc::new(draw()),
    };
    let mut head = rendered(|| picture::picture(frame, page, shape, survey));
    let between = split_at_late(&mut head);
    Late {
        head,
        drawn,
        between,
    }
}
