//! From a fresh clone to the inbox: build, start, say where to look.

use crate::browser::Browser;
use crate::servers::{Profile, Programs, Stack, free_port};
use crate::{node, pack, page, project, run};
use anyhow::{Context, Result, bail};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

/// Where the page is served if nobody says otherwise and nobody else is there.
const HOME: u16 = 8365;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Drive the page in headless Chromium from sign-in to inbox, over a step-up and out, save target/demo.png, and end.
    #[arg(long)]
    pub(crate) check: bool,
    /// Port of the page; 8365, or any free one, where this is left out.
    #[arg(long)]
    pub(crate) port: Option<u16>,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    // What can be missing is told before anything is built.
    node::ensure()?;
    let port = match options.port {
        Some(port) => free_port(Some(port))?,
        None => free_port(Some(HOME)).or_else(|_| free_port(None))?,
    };
    let browser = options.check.then(Browser::ensure).transpose()?;
    let programs = Programs::build(Profile::Dev)?;
    let page = page::assemble(&pack::run()?)?;
    let interrupted = interruption()?;
    run::say("starting the local tenant, the endpoint and the page");
    let mut stack = Stack::start(&programs, &page, port)?;
    match browser {
        Some(browser) => check(&stack, &browser),
        None => serve(&mut stack, &interrupted),
    }
}

/// A message for every Ctrl-C and SIGTERM.
fn interruption() -> Result<Receiver<()>> {
    let (sender, receiver) = channel();
    ctrlc::set_handler(move || {
        // Nobody listening means that we are ending already.
        let _ = sender.send(());
    })?;
    Ok(receiver)
}

fn serve(stack: &mut Stack, interrupted: &Receiver<()>) -> Result<()> {
    println!();
    println!("  Open     {}", stack.page_url);
    println!("  Sign in  adele@contoso.example   (member; may read sales@contoso.example)");
    println!("           ben@contoso.example     (member)");
    println!("           admin@contoso.example   (administrator)");
    println!("           guest@fabrikam.example  (guest without mailbox)");
    println!("           password of all: Password1!");
    println!(
        "  Tenant   {}   logs: {}",
        stack.tenant.url(),
        project::target().join("demo").display()
    );
    println!("  Stop     Ctrl-C");
    println!();
    loop {
        match interrupted.recv_timeout(Duration::from_millis(300)) {
            Ok(()) | Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                if let Some(words) = stack.casualty() {
                    bail!(words);
                }
            }
        }
    }
    println!("\nstopped");
    Ok(())
}

fn check(stack: &Stack, browser: &Browser) -> Result<()> {
    run::say("driving the page from sign-in to inbox, over a step-up and out");
    let picture = project::target().join("demo.png");
    let mut drive = node::script("crates/xtask/node/demo-check.mjs");
    drive.arg(&stack.page_url).arg(&picture);
    run::run(browser.tell(&mut drive), "the demo").with_context(|| {
        format!(
            "the page did not get through (picture: {})",
            picture.display()
        )
    })?;
    run::say(&format!(
        "the page does it all; picture of the inbox: {}",
        picture.display()
    ));
    Ok(())
}
