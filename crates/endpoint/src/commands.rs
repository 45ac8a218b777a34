//! The commands `check` and `sessions`.

use crate::cli::Sessions;
use exo365_endpoint::{Clock, Config, Operator, Problem, Verdict, check};
use std::fmt::Write as _;
use std::path::Path;
use tokio::runtime::Runtime;

/// `check`: prints a line for each finding.
///
/// # Errors
/// [`Problem::Check`] where something is to be changed.
pub(crate) fn examine(config: &Path, app_only: bool, runtime: &Runtime) -> Result<(), Problem> {
    let config = Config::load(config)?;
    let found = runtime.block_on(check(&config, &Clock::system(), app_only))?;
    let mut text = String::new();
    for finding in &found {
        let word = match finding.verdict {
            Verdict::Good => "ok   ",
            Verdict::Note => "note ",
            Verdict::Wrong => "wrong",
        };
        // Writing to a string does not fail.
        let _ = writeln!(text, "{word}  {}", finding.text);
    }
    print(&text);
    match found
        .iter()
        .filter(|one| one.verdict == Verdict::Wrong)
        .count()
    {
        0 => Ok(()),
        1 => Err(Problem::Check("one thing is to be changed".into())),
        count => Err(Problem::Check(format!("{count} things are to be changed"))),
    }
}

/// `sessions list`, `sessions revoke`.
///
/// # Errors
/// As [`Operator::open`].
pub(crate) fn sessions(config: &Path, what: &Sessions, runtime: &Runtime) -> Result<(), Problem> {
    let operator = Operator::open(&Config::load(config)?, &Clock::system())?;
    match what {
        Sessions::List => list(&operator, runtime),
        Sessions::Revoke { user } => {
            let ended = runtime.block_on(operator.revoke(user))?;
            print(&format!("{ended} sessions ended\n"));
            Ok(())
        }
    }
}

fn list(operator: &Operator, runtime: &Runtime) -> Result<(), Problem> {
    let (listed, closed) = runtime.block_on(operator.sessions())?;
    let mut text = String::new();
    for one in &listed {
        let _ = writeln!(
            text,
            "{}\t{}\t{}\t{}\t{}\t{}",
            one.name,
            one.tenant_id,
            one.object_id,
            date(one.created),
            date(one.used),
            date(one.ends)
        );
    }
    print(&text);
    if closed > 0 {
        eprintln!("{closed} sessions do not open with the sealing keys there are");
    }
    Ok(())
}

/// A closed pipe is not an error.
fn print(text: &str) {
    let _ = std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes());
}

/// Seconds since 1970 as `2026-11-25T03:00:00Z`.
fn date(seconds: u64) -> String {
    let (days, time) = (seconds / 86_400, seconds % 86_400);
    // Days from March of the year 0, in eras of 400 years (Howard Hinnant's `civil_from_days`).
    let days = days + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + u64::from(month <= 2);
    let (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod unit {
    use super::date;

    #[test]
    fn dates_are_the_calendars() {
        for (seconds, wanted) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_800, "2000-03-01T00:00:00Z"),
            (1_735_689_599, "2024-12-31T23:59:59Z"),
            (1_790_000_000, "2026-09-21T14:13:20Z"),
        ] {
            assert_eq!(date(seconds), wanted);
        }
    }
}
