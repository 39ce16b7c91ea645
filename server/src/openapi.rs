//! `/api/openapi.json`: the API described, in version 3.1 of that format.

use axum::Json;
use domain::catalogue::{Kind, Param, Takes, View};
use domain::wire::{ApiError, Dossier, ExportStatus, LiveStatus, Survey};
use store::views;
use utoipa::ToSchema;
use utoipa::openapi::path::{
    HttpMethod, OperationBuilder, ParameterBuilder, ParameterIn, PathItem,
};
use utoipa::openapi::schema::{ArrayBuilder, KnownFormat, Object, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{
    Components, Content, InfoBuilder, ObjectBuilder, OpenApi, OpenApiBuilder, PathsBuilder, Ref,
    RefOr, Required, ResponseBuilder, Schema,
};

use crate::auth::Reader;

/// Parameters of every list, with what they take.
const COMMON: &[(&str, &str)] = &[
    (
        "from",
        "RFC 3339, or YYYY-MM-DD for that whole day in the zone of tz; included",
    ),
    (
        "to",
        "RFC 3339, or YYYY-MM-DD for that whole day in the zone of tz; included",
    ),
    (
        "last",
        "15m, 24h, 7d, 2w: the span that ends now; not together with from or to",
    ),
    (
        "tz",
        "IANA zone name: whose days from and to are; UTC without it",
    ),
    ("q", "words that must all occur, in any case, literally"),
    ("order", "newest (default) or oldest"),
    ("limit", "1 to 500, default 50"),
    (
        "cols",
        "columns of the page's table, with commas between them; checked, and without effect on rows here",
    ),
    (
        "counts",
        "about (default) or exact: whether the page's picture and facets, and a survey, may be reckoned from a sample; without effect on rows",
    ),
    ("after", "the cursor of the page before, as `next` gave it"),
];

/// What a parameter narrows, and what it takes.
fn takes(param: &Param) -> String {
    match param.takes {
        Takes::Word { expected, .. } => format!("{}: {expected}", param.description),
        _ => param.description.to_owned(),
    }
}

/// A column's JSON type; all may be null where the engine's may.
fn column_schema(kind: Kind) -> RefOr<Schema> {
    let of =
        |kind: Type| ObjectBuilder::new().schema_type(SchemaType::from_iter([kind, Type::Null]));
    let object = match kind {
        Kind::Bool => of(Type::Boolean),
        Kind::Integer => of(Type::Integer),
        Kind::Seconds => of(Type::Number),
        // NaN and the infinities, which JSON has no number for, are strings.
        Kind::Float => {
            ObjectBuilder::new().schema_type(SchemaType::from_iter([Type::Number, Type::String]))
        }
        Kind::Json => ObjectBuilder::new()
            .schema_type(SchemaType::AnyValue)
            .description(Some("json, exactly as stored")),
        Kind::Time => {
            of(Type::String).format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
        }
        Kind::Numeric => of(Type::String).description(Some("an exact decimal, as stored")),
        Kind::Plain | Kind::Text | Kind::NumberText => of(Type::String),
    };
    RefOr::T(Schema::Object(object.build()))
}

fn row_schema(view: View) -> Schema {
    view.exported()
        .fold(ObjectBuilder::new(), |object, column| {
            object
                .property(column.name, column_schema(column.kind))
                .required(column.name)
        })
        .into()
}

fn path(view: View) -> PathItem {
    let rows = ArrayBuilder::new().items(Ref::from_schema_name(view.schema));
    let answer = ObjectBuilder::new()
        .property("rows", rows)
        .required("rows")
        .property(
            "next",
            Object::with_type(SchemaType::from_iter([Type::String, Type::Null])),
        )
        .required("next");
    let page = ResponseBuilder::new()
        .description("a page of rows, and the cursor of the next")
        .content("application/json", Content::new(Some(Schema::from(answer))));
    let mut operation = OperationBuilder::new()
        .operation_id(Some(format!("list_{}", view.name.replace('-', "_"))))
        .summary(Some(format!("A page of {view}")))
        .response("200", page)
        .response("400", error("a parameter is at fault; `param` names it"))
        .response("401", error("not logged in"))
        .response("403", error("the account has no role"))
        .response(
            "503",
            error("the database is away; Retry-After says when to try again"),
        );
    let common = COMMON
        .iter()
        .map(|(name, takes)| (*name, (*takes).to_owned()));
    let own = view.0.params.iter().map(|param| (param.name, takes(param)));
    for (name, takes) in common.chain(own) {
        operation = operation.parameter(
            ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Query)
                .required(Required::False)
                .description(Some(takes))
                .schema(Some(Object::with_type(Type::String))),
        );
    }
    PathItem::new(HttpMethod::Get, operation)
}

/// An address beside the lists.
struct Other {
    path: &'static str,
    summary: &'static str,
    /// Status of the answer, its description, and the schema of its body.
    answer: (&'static str, &'static str, Option<&'static str>),
}

/// The addresses beside the lists.
const OTHERS: &[Other] = &[
    Other {
        path: "/api/v1/kill-switch/{id}",
        summary: "One kill-switch episode's dossier; `id` is that of its activating event",
        answer: (
            "200",
            "trigger, raw rows, effect, leaks with their value, what came before and after, reviews",
            Some("Dossier"),
        ),
    },
    Other {
        path: "/api/v1/{view}/survey",
        summary: "What the rows of trades, signals or events amount to; takes the parameters of the list",
        answer: ("200", "count, histogram and facets", Some("Survey")),
    },
    Other {
        path: "/api/v1/live",
        summary: "The kill switch's live state and what needs somebody, as every page's header shows it",
        answer: (
            "200",
            "the state in words, and the counts",
            Some("LiveStatus"),
        ),
    },
    Other {
        path: "/api/v1/exports/{key}",
        summary: "How far one's own export is that was asked for with `key`, a UUID of one's choice, for example \
                  /trades.csv?asset=BTC&key=…; known until fifteen minutes after its end",
        answer: (
            "200",
            "its state, in numbers and in words",
            Some("ExportStatus"),
        ),
    },
    Other {
        path: CANCEL,
        summary: "Ends one's own export: its body breaks off",
        answer: (
            "204",
            "it has ended; a client that does not accept JSON is sent back (303)",
            None,
        ),
    },
];

/// The only address here that is posted to.
const CANCEL: &str = "/exports/{key}/cancel";

fn other(described: &Other) -> PathItem {
    let (status, answer, schema) = described.answer;
    let path = described.path;
    let mut ok = ResponseBuilder::new().description(answer);
    if let Some(schema) = schema {
        ok = ok.content("application/json", json(schema));
    }
    let mut operation = OperationBuilder::new()
        .operation_id(Some(
            path.trim_start_matches("/api/v1")
                .trim_start_matches('/')
                .replace(['-', '/'], "_")
                .replace(['{', '}'], ""),
        ))
        .summary(Some(described.summary))
        .response(status, ok)
        .response("401", error("not logged in"))
        .response("403", error("the account has no role"))
        .response("503", error("the database is away"));
    let named = [
        ("id", "no episode has this id"),
        ("key", "one has no export of this key"),
        ("view", "no list of this name has a survey"),
    ];
    for (name, missing) in named {
        if !path.contains(&format!("{{{name}}}")) {
            continue;
        }
        operation = operation.response("404", error(missing)).parameter(
            ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Path)
                .required(Required::True)
                .schema(Some(Object::with_type(Type::String))),
        );
    }
    let method = if path == CANCEL {
        HttpMethod::Post
    } else {
        HttpMethod::Get
    };
    PathItem::new(method, operation)
}

fn json(schema: &str) -> Content {
    Content::new(Some(Ref::from_schema_name(schema)))
}

fn error(description: &str) -> ResponseBuilder {
    ResponseBuilder::new()
        .description(description)
        .content("application/json", json("ApiError"))
}

/// Adds the schema of what crosses the wire, and of its parts.
fn add<T: ToSchema>(components: &mut Components) {
    let mut schemas = vec![(T::name().into_owned(), T::schema())];
    T::schemas(&mut schemas);
    components.schemas.extend(schemas);
}

/// The description of the whole API.
#[must_use]
pub fn description() -> OpenApi {
    let mut components = Components::new();
    add::<ApiError>(&mut components);
    add::<Dossier>(&mut components);
    add::<ExportStatus>(&mut components);
    add::<LiveStatus>(&mut components);
    add::<Survey>(&mut components);
    let mut paths = PathsBuilder::new();
    for view in views::all() {
        components
            .schemas
            .insert(view.schema.to_owned(), row_schema(view).into());
        paths = paths.path(format!("/api/v1/{view}"), path(view));
    }
    for described in OTHERS {
        paths = paths.path(described.path, other(described));
    }
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Audit console")
                .version("1")
                .description(Some(
                    "What a crypto trading engine decided, blocked, stopped and traded. A repeated \
                     parameter means any of its values; a value that begins with ! means not that one. Otherwise a value is \
                     its text, letter by letter; a text that itself begins with !, or with backslashes and then !, is \
                     written with one more backslash before it (\\!x is the text !x). Times are RFC 3339 in UTC with six \
                     digits; years that it cannot say have a sign as in ISO 8601 (-0043-03-15T… is 44 BC, +12026-01-01T…), \
                     and there are infinity and -infinity. Faults of a query are all told in one message; param is the \
                     first.",
                )),
        )
        .paths(paths)
        .components(Some(components))
        .build()
}

/// `/api/openapi.json`
pub async fn document(_: Reader) -> Json<OpenApi> {
    Json(description())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::filter::list::COMMON as PARSED;

    #[test]
    fn every_parameter_of_every_view_is_described() {
        let common: Vec<&str> = COMMON.iter().map(|(name, _)| *name).collect();
        assert_eq!(common, PARSED);
        let document = serde_json::to_value(description()).unwrap();
        for view in views::all() {
            let list = &document["paths"][format!("/api/v1/{view}")]["get"]["parameters"];
            let described: Vec<&str> = list
                .as_array()
                .unwrap()
                .iter()
                .map(|param| param["name"].as_str().unwrap())
                .collect();
            let own = view.0.params.iter().map(|param| param.name);
            let taken: Vec<&str> = PARSED.iter().copied().chain(own).collect();
            assert_eq!(described, taken, "{view}");
        }
    }

    #[test]
    fn it_is_openapi_3_1_with_every_column_of_every_view() {
        let document = serde_json::to_value(description()).unwrap();
        assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
        for view in views::all() {
            let row = &document["components"]["schemas"][view.schema]["properties"];
            for column in view.column_names() {
                assert!(!row[column].is_null(), "{view}: {column}");
            }
        }
    }
}
