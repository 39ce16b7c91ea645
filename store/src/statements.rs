//! Statements as constants, each checked against the schema by a test.
//!
//! sqlx's own check, `query!`, asks one database at compile time. The console reads tables that others migrate: columns
//! may be missing, types wider, tables not granted, and each statement must work with what it finds. Statements are
//! therefore plain constants, listed in [`statements!`], which generates a test that prepares each of them against the
//! engine's tables and schema `audit_console`. Statements that are always built in the same way are prepared by
//! [`prepared!`]. A test of this module finds statements that are neither.

/// Defines a constant for each statement of a module, and a test that prepares them.
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $text:expr;)+) => {
        $($(#[$doc])* const $name: &str = $text;)+

        #[cfg(test)]
        #[tokio::test]
        async fn the_schema_has_what_the_statements_name() {
            let statements = [$((stringify!($name), $name.to_owned())),+];
            $crate::statements::tests::prepare(&statements).await;
        }
    };
}

/// Defines a test that prepares built statements, each an expression of type [`crate::sql::Sql`].
#[cfg(test)]
macro_rules! prepared {
    ($($statement:expr),+ $(,)?) => {
        #[tokio::test]
        async fn the_schema_has_what_built_statements_name() {
            let statements = [$((stringify!($statement), $statement.to_string())),+];
            $crate::statements::tests::prepare(&statements).await;
        }
    };
}

#[cfg(test)]
pub(crate) use prepared;
pub(crate) use statements;

#[cfg(test)]
pub mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use demo::testdb::TestDatabase;
    use sqlx::{AssertSqlSafe, Executor as _, SqlSafeStr as _};

    use crate::ConsoleDb;

    /// A database with the engine's tables and schema `audit_console`.
    pub async fn migrated() -> TestDatabase {
        let database = TestDatabase::builder().create().await;
        let console = ConsoleDb::new(database.url()).unwrap();
        console.migrate().await.unwrap();
        database
    }

    /// Prepares each statement, given with its name.
    pub async fn prepare(statements: &[(&str, String)]) {
        let database = migrated().await;
        let mut connection = database.pool().acquire().await.unwrap();
        for (name, text) in statements {
            let statement = AssertSqlSafe(text.clone()).into_sql_str();
            if let Err(error) = (&mut *connection).prepare(statement).await {
                panic!("{name}: {error}\n{text}");
            }
        }
    }

    fn sources(folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
        let of = |path: PathBuf| {
            if path.is_dir() {
                sources(&path)
            } else {
                vec![path]
            }
        };
        entries.flat_map(|entry| of(entry.path())).collect()
    }

    /// The text between the braces of `statements!`.
    fn registered(text: &str) -> &str {
        let after = text.split_once("\nstatements! {\n");
        after.map_or("", |(_, after)| {
            after.split("\n}\n").next().unwrap_or(after)
        })
    }

    /// SQL that a source passes to sqlx without [`statements!`]: literals, and constants that are defined elsewhere.
    fn unregistered(text: &str) -> Vec<String> {
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or(text);
        let known = registered(code);
        let calls = [
            "sqlx::query(",
            "sqlx::query_as(",
            "sqlx::query_scalar(",
            "sqlx::raw_sql(",
            ".execute(",
            ".fetch_one(",
            ".fetch_all(",
            ".fetch_optional(",
        ];
        let mut found = Vec::new();
        for call in calls {
            for after in code.split(call).skip(1) {
                let argument = after.trim_start();
                let end = argument.find([',', ')', '\n']).unwrap_or(argument.len());
                let argument = &argument[..end];
                let is_literal = argument.starts_with(['"', 'r']) && argument.contains('"');
                let is_constant = argument
                    .chars()
                    .all(|char| char.is_ascii_uppercase() || char == '_' || char.is_ascii_digit());
                let is_known = known.contains(&format!("    {argument} = "));
                if is_literal || !argument.is_empty() && is_constant && !is_known {
                    found.push(format!("{call}{argument})"));
                }
            }
        }
        for verb in ["SELECT ", "WITH ", "INSERT ", "UPDATE ", "DELETE "] {
            if code.contains(&format!("let text = \"{verb}"))
                || code.contains(&format!("let statement = \"{verb}"))
            {
                found.push(format!("a local text of {verb}"));
            }
        }
        found
    }

    #[test]
    fn sqlx_is_given_no_constant_that_is_not_checked() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut checked = 0;
        for path in sources(&folder) {
            if path.extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            if path.ends_with("statements.rs") {
                continue;
            }
            let names = registered(&text).lines().filter_map(|line| {
                let line = line.strip_prefix("    ")?;
                line.starts_with(|char: char| char.is_ascii_uppercase())
                    .then_some(line)
            });
            checked += names.filter(|line| line.contains(" = ")).count();
            let unregistered = unregistered(&text);
            assert!(
                unregistered.is_empty(),
                "{}: {unregistered:?}",
                path.display()
            );
        }
        assert!(checked > 100, "only {checked} statements were found");
    }

    #[test]
    fn a_statement_elsewhere_is_found() {
        let source = "\nstatements! {\n    FIND = \"SELECT 1\";\n}\nconst OTHER: &str = \"\";\n\
            fn f() { sqlx::query(FIND); sqlx::query_scalar(OTHER); sqlx::query(\"SELECT 2\"); }";
        assert_eq!(
            unregistered(source),
            ["sqlx::query(\"SELECT 2\")", "sqlx::query_scalar(OTHER)"]
        );
    }
}
