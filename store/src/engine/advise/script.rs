//! Generates the statements that create an index without blocking the engine. `CREATE INDEX CONCURRENTLY` does not
//! support partitioned tables. There, an empty index is created on the partitioned table, then one on each partition
//! concurrently, which is attached to it.

use super::candidates::Candidate;
use super::existing::{Index, Table};

/// PostgreSQL truncates longer names.
const MAX_NAME_BYTES: usize = 63;

/// Statements for an index, in order. Each must run on its own, outside a transaction.
#[derive(Default)]
pub struct Script {
    /// Drops a useless index of the same name, which `IF NOT EXISTS` would otherwise keep.
    pub clean_up: Option<String>,
    /// Creates the index. Empty when nothing is missing.
    pub statements: Vec<String>,
}

/// The script for a candidate on a table that is not partitioned.
pub fn plain(candidate: &Candidate, indexes: &[Index]) -> Script {
    let in_the_way = indexes.iter().any(|index| index.has_name_of(candidate));
    Script {
        clean_up: in_the_way.then(|| {
            format!(
                "DROP INDEX CONCURRENTLY IF EXISTS public.{};",
                candidate.name
            )
        }),
        statements: vec![concurrently(
            candidate,
            candidate.name,
            &on_public(candidate),
        )],
    }
}

/// The script for a candidate on the partitioned table `root`. Identical indexes are kept and attached.
pub fn partitioned(
    candidate: &Candidate,
    root: &Table,
    tables: &[Table],
    indexes: &[Index],
) -> Script {
    let named = indexes.iter().find(|index| index.has_name_of(candidate));
    let of_no_use = named.filter(|index| {
        !index.is_exactly(candidate)
            || index.table_id != root.id
            || is_broken(index, indexes, tables)
    });
    let mut covering = Covering {
        candidate,
        tables,
        // Indexes that are attached to the dropped one are dropped with it.
        indexes: indexes
            .iter()
            .filter(|index| of_no_use.is_none_or(|gone| !is_under(index, gone.id, indexes)))
            .collect(),
        statements: Vec::new(),
    };
    covering.cover(root, None);
    Script {
        // Partitioned indexes cannot be dropped concurrently.
        clean_up: of_no_use.map(|_| format!("DROP INDEX IF EXISTS public.{};", candidate.name)),
        statements: covering.statements,
    }
}

/// Whether every partition of `root` has an equivalent valid index.
pub fn every_partition_is_served(
    candidate: &Candidate,
    root: &Table,
    tables: &[Table],
    indexes: &[Index],
) -> bool {
    let mut partitions = children(root, tables).peekable();
    partitions.peek().is_some()
        && partitions.all(|table| {
            indexes.iter().any(|index| {
                index.table_id == table.id && index.is_valid && index.is_equivalent(candidate)
            }) || table.is_partitioned
                && every_partition_is_served(candidate, table, tables, indexes)
        })
}

fn children<'a>(of: &Table, tables: &'a [Table]) -> impl Iterator<Item = &'a Table> {
    let id = of.id;
    tables.iter().filter(move |table| table.parent == Some(id))
}

/// Whether `index` has this id or is attached, directly or indirectly, to the one that has.
fn is_under(index: &Index, id: i64, indexes: &[Index]) -> bool {
    let mut at = Some(index);
    while let Some(index) = at {
        if index.id == id {
            return true;
        }
        at = indexes.iter().find(|other| Some(other.id) == index.parent);
    }
    false
}

/// Whether an invalid index of a partition is attached to it; that one can be neither dropped nor replaced by itself.
fn is_broken(index: &Index, indexes: &[Index], tables: &[Table]) -> bool {
    let is_leaf = |id| {
        tables
            .iter()
            .any(|table| table.id == id && !table.is_partitioned)
    };
    indexes.iter().any(|other| {
        !other.is_valid && is_leaf(other.table_id) && is_under(other, index.id, indexes)
    })
}

/// A partitioned index that indexes of partitions are attached to.
struct Above {
    /// Qualified name.
    name: String,
    /// Object id; `None` when it is still to be created.
    id: Option<i64>,
}

struct Covering<'a> {
    candidate: &'a Candidate,
    tables: &'a [Table],
    indexes: Vec<&'a Index>,
    statements: Vec<String>,
}

impl Covering<'_> {
    /// Adds statements for what is missing on `table` and its partitions, and attaches the index to the one above.
    fn cover(&mut self, table: &Table, above: Option<&Above>) {
        let attached_to = above.and_then(|above| above.id);
        let there = self.kept(table, attached_to);
        let (own, is_valid, is_attached) = match there {
            Some(index) => (
                Above {
                    name: index.qualified.clone(),
                    id: Some(index.id),
                },
                index.is_valid,
                index.parent.is_some(),
            ),
            None => (self.create(table, above.is_none()), false, false),
        };
        if table.is_partitioned && !is_valid {
            for partition in children(table, self.tables) {
                self.cover(partition, Some(&own));
            }
        }
        if let Some(above) = above
            && !is_attached
        {
            self.statements.push(format!(
                "ALTER INDEX {} ATTACH PARTITION {};",
                above.name, own.name
            ));
        }
    }

    /// An identical index of `table` that is attached to `attached_to` or to nothing.
    fn kept(&self, table: &Table, attached_to: Option<i64>) -> Option<&Index> {
        let fits = |index: &&&Index| {
            index.table_id == table.id
                && index.is_exactly(self.candidate)
                && (index.is_valid || table.is_partitioned)
                && (index.parent.is_none() || index.parent == attached_to)
        };
        let fitting = self.indexes.iter().filter(fits);
        fitting.max_by_key(|index| index.parent.is_some()).copied()
    }

    fn create(&mut self, table: &Table, is_root: bool) -> Above {
        let name = if is_root {
            self.candidate.name.to_owned()
        } else {
            name_on(self.candidate, table)
        };
        let qualified = format!("{}.{}", table.schema, quoted(&name));
        let in_the_way =
            |index: &&Index| index.table_id == table.id && index.qualified == qualified;
        if !is_root && self.indexes.iter().any(in_the_way) {
            let concurrently = if table.is_partitioned {
                ""
            } else {
                "CONCURRENTLY "
            };
            self.statements
                .push(format!("DROP INDEX {concurrently}IF EXISTS {qualified};"));
        }
        self.statements.push(if table.is_partitioned {
            let definition = self
                .candidate
                .definition(&quoted(&name), &format!("ONLY {}", table.qualified));
            format!("CREATE INDEX IF NOT EXISTS {definition};")
        } else {
            concurrently(self.candidate, &quoted(&name), &table.qualified)
        });
        Above {
            name: qualified,
            id: None,
        }
    }
}

fn on_public(candidate: &Candidate) -> String {
    format!("public.{}", candidate.table)
}

fn concurrently(candidate: &Candidate, name: &str, on: &str) -> String {
    let definition = candidate.definition(name, on);
    format!("CREATE INDEX CONCURRENTLY IF NOT EXISTS {definition};")
}

/// Name of a partition's index: it ends with the partition's name, or with its object id if that would be too long.
fn name_on(candidate: &Candidate, table: &Table) -> String {
    let name = format!("{}_{}", candidate.name, table.name);
    if name.len() <= MAX_NAME_BYTES {
        name
    } else {
        format!("{}_{}", candidate.name, table.id)
    }
}

/// Quotes a name as SQL, as `quote_ident` does for names with the console's prefix.
fn quoted(name: &str) -> String {
    let is_plain = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '_';
    if name.chars().all(is_plain) {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}
