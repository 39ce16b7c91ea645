//! A list with a picture over it and facets beside it. Rows come first, and are sent first; people see and walk
//! through the picture before them all the same, since its place stands before theirs in the shadow tree.

use std::sync::Arc;

use leptos::prelude::*;

use super::{empty, facets, filter, pager, partial_search, saved, survey_panel};
use crate::document::{LATE, Section, rendered, split_at_late, streamed};
use crate::model::{DeferredPart, ListPage, PageContext, RenderedSurvey, Streamed, SurveyPanel};

/// The order in which people meet what is in the list's element, whatever the order in which it came. A browser
/// that knows no declarative shadow trees shows it in that order instead.
const PLACES: &str = r#"<template shadowrootmode="open"><slot name="picture"></slot><slot name="facets"></slot><slot name="rows"></slot></template>"#;

/// A list page up to its rows, and from behind its picture.
pub fn streamed_list(ctx: &PageContext, page: &ListPage, table: AnyView) -> Streamed {
    let body = if page.page.rows.is_empty() && page.searched_to.is_none() {
        empty::empty(page, None)
    } else {
        table
    };
    let label = format!("Rows: {}", page.query.view.words.noun.1);
    let rows = view! {
        <section class="sheet" slot="rows" aria-label=label>
            {body}
            {partial_search::partial_search(ctx, page)}
            {pager::pager(page)}
        </section>
    };
    let rows = rendered(|| rows.into_any());
    let list = [PLACES, LATE].concat();
    let content = view! {
        <div class="page-head">
            <h1>{page.query.view.words.title}</h1>
            <p>{page.query.view.words.about}</p>
        </div>
        {filter::filter(ctx, &page.query, &page.filter_options)}
        {saved::line(ctx, page)}
        <div class="list" inner_html=list></div>
    };
    let content = content.into_any();
    streamed(
        ctx,
        Section::List(page.query.view.name),
        page.query.view.words.title,
        content,
        rows,
    )
}

/// What is late: the picture and the facets.
pub fn deferred(ctx: &PageContext, page: &ListPage, made: &SurveyPanel) -> DeferredPart {
    let survey = made.survey();
    let draw = || RenderedSurvey {
        chart: rendered(|| survey_panel::body(ctx, page, made)),
        facets: rendered(|| facets::facets(page, survey)),
    };
    let drawn = match made {
        SurveyPanel::Ready(made) => {
            let zone = page.query.tz.unwrap_or(ctx.zone).name();
            made.rendered(page.query.pairs().link(zone), draw)
        }
        SurveyPanel::Pending | SurveyPanel::Failed => Arc::new(draw()),
    };
    let mut head = rendered(|| survey_panel::picture(ctx, page, survey));
    let between = split_at_late(&mut head);
    DeferredPart {
        head,
        drawn,
        between,
    }
}
