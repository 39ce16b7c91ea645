//! `audit-console export VIEW [--param=value …] -o FILE`: the same bytes as over HTTP.

use std::path::{Path, PathBuf};

use chrono_tz::Tz;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use domain::catalogue::View;
use domain::clock;
use domain::query::{ParamError, Params};
use store::access::Auditor;
use store::engine::{Export, ExportFormat};
use store::views::{self, Source, source};
use tokio::fs::File;
use tokio::io::{AsyncWrite, AsyncWriteExt as _};

use crate::config::ConfigError;
use crate::output;
use crate::query::{export_query, take_guard};
use crate::signals::StopSignals;
use crate::state::{App, StartError};

/// What to export, and where to.
#[derive(Args)]
pub struct Arguments {
    /// The view
    #[arg(value_parser = view_parser())]
    view: View,
    /// Query parameters as in the URL, each as --name=value (--asset=BTC --last=7d --raw=1), and
    /// -o FILE: a name that ends in .jsonl gives JSON lines, any other CSV; - is standard output
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
    rest: Vec<String>,
}

fn view_parser() -> impl TypedValueParser<Value = View> {
    PossibleValuesParser::new(views::all().map(|view| view.name))
        .try_map(|name| views::find(&name).ok_or("no view of the catalogue"))
}

/// The parsed arguments.
struct Request {
    params: Params,
    output: PathBuf,
}

pub(super) fn wrong(message: String) -> StartError {
    StartError::Config(ConfigError(message))
}

pub(super) fn bad_param(error: &ParamError) -> StartError {
    wrong(format!("--{error}"))
}

fn parse(rest: Vec<String>) -> Result<Request, StartError> {
    let (mut pairs, mut output) = (Vec::new(), None);
    let mut rest = rest.into_iter();
    while let Some(argument) = rest.next() {
        if argument == "-o" || argument == "--output" {
            output = Some(
                rest.next()
                    .ok_or_else(|| wrong("-o takes a file".to_owned()))?,
            );
        } else if let Some(file) = argument.strip_prefix("--output=") {
            output = Some(file.to_owned());
        } else {
            pairs.push(pair(&argument, "--asset=BTC")?);
        }
    }
    let output = output.ok_or_else(|| wrong("where to? add -o FILE".to_owned()))?;
    Ok(Request {
        params: Params::from_pairs(pairs).map_err(|error| bad_param(&error))?,
        output: output.into(),
    })
}

/// Parses `--name=value`.
pub(super) fn pair(argument: &str, example: &str) -> Result<(String, String), StartError> {
    argument
        .strip_prefix("--")
        .and_then(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .ok_or_else(|| {
            wrong(format!(
                "{argument}: a parameter is written --name=value, for example {example}"
            ))
        })
}

/// `audit-console export`
///
/// # Errors
/// When a parameter is invalid, the database is unavailable, or the file cannot be written. An incomplete file is removed.
pub async fn run(app: &App, arguments: Arguments) -> Result<(), StartError> {
    let Request { mut params, output } = parse(arguments.rest)?;
    let json_lines = output.extension().is_some_and(|end| end == "jsonl");
    let format = if json_lines {
        ExportFormat::JsonLines
    } else {
        ExportFormat::Csv(take_guard(&mut params).map_err(|error| bad_param(&error))?)
    };
    let view = arguments.view;
    if !matches!(source(view), Source::Engine(_)) {
        // Reviews and findings are in the console's schema.
        app.console.check_schema().await?;
    }
    let query = export_query(view, params).map_err(|error| bad_param(&error))?;
    let window = query
        .window(query.tz.unwrap_or(Tz::UTC), clock::now())
        .map_err(|error| bad_param(&error))?;
    let auditor = Auditor::operator();
    let export = app
        .engine
        .export(&app.review_policy, &auditor, &query, window, format)
        .await?;
    write(export, &output).await
}

/// Writes to `FILE.part` and renames it when it is complete.
async fn write(export: Export, file_name: &Path) -> Result<(), StartError> {
    if file_name == Path::new("-") {
        return copy(export, &mut tokio::io::stdout(), output::failed).await;
    }
    let mut name = file_name.as_os_str().to_owned();
    name.push(".part");
    let part = PathBuf::from(name);
    let cannot = |error: std::io::Error| {
        StartError::Other(format!(
            "{} cannot be written: {error}",
            file_name.display()
        ))
    };
    // Before the file is created, so that an interrupted command removes it.
    let mut signals = StopSignals::listen()?;
    let mut file = File::create(&part).await.map_err(cannot)?;
    let copied = tokio::select! {
        copied = copy(export, &mut file, cannot) => copied,
        () = signals.first() => Err(StartError::Other("interrupted".to_owned())),
    };
    drop(file);
    match copied {
        Ok(()) => tokio::fs::rename(&part, file_name).await.map_err(cannot),
        Err(error) => {
            // The error that is returned is that of the export.
            let _ = tokio::fs::remove_file(&part).await;
            Err(error)
        }
    }
}

async fn copy(
    mut export: Export,
    to: &mut (impl AsyncWrite + Unpin),
    cannot: impl Fn(std::io::Error) -> StartError,
) -> Result<(), StartError> {
    while let Some(chunk) = export.next().await {
        to.write_all(&chunk?.lines).await.map_err(&cannot)?;
    }
    to.flush().await.map_err(cannot)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rest(arguments: &[&str]) -> Vec<String> {
        arguments.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn parameters_and_the_file_come_in_any_order() {
        let request = parse(rest(&["--asset=BTC", "-o", "a.csv", "--q=a=b"])).unwrap();
        assert_eq!(request.output, PathBuf::from("a.csv"));
        let mut params = request.params;
        assert_eq!(params.take_one("q").unwrap().as_deref(), Some("a=b"));
    }

    #[test]
    fn what_cannot_be_understood_is_refused() {
        for arguments in [
            &["--asset=BTC"][..],
            &["asset=BTC", "-o", "x"],
            &["-o"],
            &["--asset", "BTC"],
        ] {
            assert!(parse(rest(arguments)).is_err(), "{arguments:?}");
        }
    }
}
