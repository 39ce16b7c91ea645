//! `audit-console user …`: accounts, roles and links.

use std::io::{BufRead as _, IsTerminal as _};

use domain::review::Reviewer;
use domain::role::Role;
use store::access::Subject;
use uuid::Uuid;

use crate::auth::password;
use crate::output::{print_line, tell};
use crate::state::{App, StartError};

/// Who granted a role, as recorded for roles that this command grants.
fn operator() -> String {
    let name = std::env::var("SUDO_USER").or_else(|_| std::env::var("USER"));
    format!("command line, {}", name.as_deref().unwrap_or("unknown"))
}

/// `user add`
///
/// # Errors
/// When the e-mail is taken or the password too short.
pub async fn add(app: &App, email: &str, role: Role) -> Result<(), StartError> {
    app.check_record().await?;
    if app.engine.find_account_by_email(email).await?.is_some() {
        return Err(StartError::Other(format!(
            "{email} is an account of the engine: give it a role with \
             `audit-console user grant {email} --role {role}`"
        )));
    }
    let password = read_password()?;
    let hash = password::hash(&password).map_err(StartError::Other)?;
    app.console
        .create_account(email, &hash, role, &operator())
        .await?;
    tell(format_args!("{email} is {role}"));
    Ok(())
}

fn read_password() -> Result<String, StartError> {
    let read = if std::io::stdin().is_terminal() {
        rpassword::prompt_password("Password: ")
    } else {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map(|_| line)
    };
    let line = read
        .map_err(|error| StartError::Other(format!("the password could not be read: {error}")))?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// `user grant`, and `user revoke` with no role.
///
/// # Errors
/// When there is no such account.
pub async fn grant(app: &App, email: &str, role: Option<Role>) -> Result<(), StartError> {
    app.check_record().await?;
    let subject = match app.console.find_account_by_email(email).await? {
        Some(account) => Subject::Console(account.id),
        None => Subject::Engine(find_engine_account(app, email).await?),
    };
    app.console.set_role(subject, role, &operator()).await?;
    match role {
        Some(role) => tell(format_args!("{email} is {role}")),
        None => tell(format_args!("{email} has no granted role")),
    }
    Ok(())
}

/// The engine account of this e-mail or id. Several accounts may have e-mails that differ in case only, and customers choose
/// their own, so an ambiguous one is an error.
async fn find_engine_account(app: &App, email_or_id: &str) -> Result<Uuid, StartError> {
    if let Ok(id) = Uuid::try_parse(email_or_id)
        && app.engine.find_account_by_id(id).await?.is_some()
    {
        return Ok(id);
    }
    let found = app.engine.list_accounts_by_email(email_or_id).await?;
    match found.as_slice() {
        [account] => Ok(account.id),
        [] => Err(StartError::Other(format!(
            "there is no active account {email_or_id}, neither the console's nor the engine's"
        ))),
        several => {
            let ids: Vec<String> = several
                .iter()
                .map(|account| format!("  {} {}", account.id, account.email))
                .collect();
            Err(StartError::Other(format!(
                "several accounts of the engine are called that; name the one you mean by its id:\n{}",
                ids.join("\n")
            )))
        }
    }
}

/// `user link`, or `user unlink` when `linked` is false: two accounts of one person.
///
/// # Errors
/// When there is no such account, or both are the same.
pub async fn link(app: &App, one: &str, other: &str, linked: bool) -> Result<(), StartError> {
    app.check_record().await?;
    let (one, other) = (
        find_account(app, one).await?,
        find_account(app, other).await?,
    );
    let changed = app
        .console
        .set_link(&one, &other, linked, &operator())
        .await?;
    let (one, other) = (described(&one), described(&other));
    match (linked, changed) {
        (true, _) => tell(format_args!("{one} and {other} are one person")),
        (false, true) => tell(format_args!(
            "{one} and {other} are two people; for kill-switch episodes that have begun they stay one"
        )),
        (false, false) => tell(format_args!("{one} and {other} were not linked")),
    }
    Ok(())
}

fn described(account: &Reviewer) -> String {
    format!("{} ({} account)", account.email, account.subject.kind())
}

/// The account of this e-mail or id: the console's, else the engine's.
async fn find_account(app: &App, email_or_id: &str) -> Result<Reviewer, StartError> {
    let console = match Uuid::try_parse(email_or_id) {
        Ok(id) => app.console.find_account_by_id(id).await?,
        Err(_) => app.console.find_account_by_email(email_or_id).await?,
    };
    if let Some(account) = console {
        return Ok(Reviewer {
            subject: Subject::Console(account.id),
            email: account.email,
        });
    }
    let id = find_engine_account(app, email_or_id).await?;
    let account = app.engine.find_account_by_id(id).await?;
    account
        .map(|account| Reviewer {
            subject: Subject::Engine(account.id),
            email: account.email,
        })
        .ok_or_else(|| StartError::Other(format!("there is no active account {email_or_id}")))
}

/// `user list`: prints one line for each account (e-mail, role, where the role comes from), then one for each link (both
/// e-mails, since when).
///
/// # Errors
/// When a database is unavailable.
pub async fn list(app: &App) -> Result<(), StartError> {
    app.console.check_schema().await?;
    let mut lines: Vec<(String, Role, String)> = Vec::new();
    for account in app.engine.list_superusers().await? {
        lines.push((
            account.email,
            Role::Admin,
            "superuser of the engine".to_owned(),
        ));
    }
    for grant in app.console.list_grants().await? {
        let email = match grant.subject {
            Subject::Console(id) => app.console.find_account_by_id(id).await?.map(|a| a.email),
            Subject::Engine(id) => match app.engine.find_account_by_id(id).await? {
                // Superusers are listed as such.
                Some(account) if account.is_superuser => None,
                account => account.map(|account| account.email),
            },
        };
        if let Some(email) = email {
            let origin = format!("granted {} by {}", grant.since.rfc3339(), grant.granted_by);
            lines.push((email, grant.role, origin));
        }
    }
    lines.sort();
    for (email, role, origin) in lines {
        print_line(format_args!("{email}\t{role}\t{origin}"))?;
    }
    for row in app.console.list_links().await? {
        let what = match row.link.ended_at {
            None => "linked",
            Some(_) => "link ended",
        };
        print_line(format_args!(
            "{}\tis also {}\t{what} {} by {}",
            row.link.one.email,
            row.link.other.email,
            row.changed_at.rfc3339(),
            row.changed_by
        ))?;
    }
    Ok(())
}
