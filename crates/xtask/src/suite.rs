//! `cargo xtask test`: every step, whatever the one before it said, and one line at the end.

use crate::counts::Counts;
use crate::report::Report;
use crate::steps::{STEPS, Step};
use anyhow::{Result, bail};
use std::time::{Duration, Instant};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only the steps whose name contains this.
    #[arg(long)]
    only: Option<String>,
    /// Print the names of these steps, and run none.
    #[arg(long)]
    list: bool,
}

struct Outcome {
    name: &'static str,
    report: Report,
    took: Duration,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let wanted = |step: &&Step| {
        options
            .only
            .as_deref()
            .is_none_or(|part| step.name.contains(part))
    };
    let steps: Vec<_> = STEPS.iter().filter(wanted).collect();
    if steps.is_empty() {
        let names: Vec<_> = STEPS.iter().map(|step| step.name).collect();
        bail!("no such step; there are {}", names.join(", "));
    }
    if options.list {
        for step in steps {
            println!("{}", step.name);
        }
        return Ok(());
    }
    let outcomes: Vec<_> = steps.into_iter().map(perform).collect();
    let sum = table(&outcomes);
    println!("{} passed, {} failed", sum.passed, sum.failed);
    if sum.failed > 0 {
        // The table has said it all: the line above stays the last one.
        std::process::exit(1);
    }
    Ok(())
}

fn perform(step: &Step) -> Outcome {
    println!("\n===== {} =====", step.name);
    let begin = Instant::now();
    let report = (step.run)().unwrap_or_else(|error| {
        println!("error: {error:#}");
        Report {
            counts: Counts::FAILED,
            failures: vec![format!("{error:#}")],
        }
    });
    Outcome {
        name: step.name,
        report,
        took: begin.elapsed(),
    }
}

fn table(outcomes: &[Outcome]) -> Counts {
    println!();
    for Outcome { name, report, .. } in outcomes {
        for failure in &report.failures {
            println!("failed in {name}: {failure}");
        }
    }
    let mut sum = Counts::default();
    println!(
        "\n{:<14} {:>7} {:>7} {:>8} {:>8}",
        "step", "passed", "failed", "skipped", "seconds"
    );
    for Outcome { name, report, took } in outcomes {
        let Counts {
            passed,
            failed,
            skipped,
        } = report.counts;
        println!(
            "{name:<14} {passed:>7} {failed:>7} {skipped:>8} {:>8.1}",
            took.as_secs_f64()
        );
        sum += report.counts;
    }
    let took: f64 = outcomes
        .iter()
        .map(|outcome| outcome.took.as_secs_f64())
        .sum();
    println!(
        "{:<14} {:>7} {:>7} {:>8} {took:>8.1}\n",
        "all", sum.passed, sum.failed, sum.skipped
    );
    sum
}
