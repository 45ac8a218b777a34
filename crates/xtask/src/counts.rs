//! How many tests passed and failed, read from what a runner printed.

use std::ops::AddAssign;

/// Tests that ran, by outcome.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl Counts {
    /// One check that passed.
    pub(crate) const PASSED: Self = Self {
        passed: 1,
        failed: 0,
        skipped: 0,
    };
    /// One check that failed.
    pub(crate) const FAILED: Self = Self {
        passed: 0,
        failed: 1,
        skipped: 0,
    };

    /// One check that was skipped.
    pub(crate) const SKIPPED: Self = Self {
        passed: 0,
        failed: 0,
        skipped: 1,
    };

    /// Reads `output`: the closing lines of cargo's, wasm-bindgen's and Node's runners, and our scripts' own
    /// `PASS name` and `FAIL name`.
    pub(crate) fn read(output: &str) -> Self {
        let mut sum = Self::default();
        for line in output.lines() {
            sum += of_line(line.trim_start());
        }
        sum
    }

    /// What a suite amounts to: a suite that ran nothing has failed, and so has one that says so by its exit alone.
    pub(crate) fn judge(mut self, success: bool) -> Self {
        let nothing = self.passed + self.failed + self.skipped == 0;
        if self.failed == 0 && (!success || nothing) {
            self.failed = 1;
        }
        self
    }
}

/// The names of the tests that failed, as the runners printed them.
pub(crate) fn failures(output: &str) -> Vec<String> {
    let mut names: Vec<String> = output
        .lines()
        .filter_map(|line| failed_name(line.trim()))
        .collect();
    names.sort();
    names.dedup();
    names
}

fn failed_name(line: &str) -> Option<String> {
    let cargo = line
        .strip_prefix("test ")
        .and_then(|rest| rest.split_once(" ... FAIL"));
    let node = line
        .strip_prefix("✖ ")
        .filter(|rest| *rest != "failing tests:");
    let name = cargo
        .map(|(name, _)| name)
        .or(node)
        .or_else(|| line.strip_prefix("FAIL "))?;
    // Node adds how long it took.
    Some(
        name.rsplit_once(" (")
            .filter(|(_, rest)| rest.ends_with("ms)"))
            .map_or(name, |(name, _)| name)
            .to_owned(),
    )
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

fn of_line(line: &str) -> Counts {
    if let Some((_, rest)) = line
        .strip_prefix("test result: ")
        .and_then(|rest| rest.split_once(". "))
    {
        return cargo(rest);
    }
    match line.split_once(' ') {
        Some(("PASS", _)) => Counts::PASSED,
        Some(("FAIL", _)) => Counts::FAILED,
        Some(("#" | "ℹ", rest)) => node(rest),
        _ => Counts::default(),
    }
}

/// `12 passed; 1 failed; 0 ignored; 0 measured; ...`
fn cargo(rest: &str) -> Counts {
    let mut counts = Counts::default();
    for part in rest.split(';') {
        let Some((number, what)) = part.trim().split_once(' ') else {
            continue;
        };
        let Ok(number) = number.parse() else { continue };
        match what {
            "passed" => counts.passed = number,
            "failed" => counts.failed = number,
            "ignored" => counts.skipped = number,
            _ => {}
        }
    }
    counts
}

/// `pass 12`, `fail 0`, `cancelled 0`, `skipped 1`, `todo 0`
fn node(rest: &str) -> Counts {
    let Some((what, number)) = rest.split_once(' ') else {
        return Counts::default();
    };
    let Ok(number) = number.trim().parse() else {
        return Counts::default();
    };
    match what {
        "pass" => Counts {
            passed: number,
            ..Counts::default()
        },
        "fail" | "cancelled" => Counts {
            failed: number,
            ..Counts::default()
        },
        "skipped" | "todo" => Counts {
            skipped: number,
            ..Counts::default()
        },
        _ => Counts::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(passed: u64, failed: u64, skipped: u64) -> Counts {
        Counts {
            passed,
            failed,
            skipped,
        }
    }

    #[test]
    fn closing_lines_of_every_runner_are_read_and_added() {
        let table = [
            (
                "cargo",
                "test a ... ok\ntest result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n",
                counts(3, 0, 1),
            ),
            (
                "cargo, red",
                "test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out",
                counts(2, 1, 0),
            ),
            (
                "two binaries",
                "test result: ok. 3 passed; 0 failed;\ntest result: ok. 4 passed; 0 failed;",
                counts(7, 0, 0),
            ),
            (
                "node, spec",
                "ℹ tests 5\nℹ suites 0\nℹ pass 3\nℹ fail 1\nℹ cancelled 0\nℹ skipped 1\nℹ todo 0\nℹ duration_ms 12.5",
                counts(3, 1, 1),
            ),
            (
                "node, tap",
                "# tests 1\n# pass 1\n# fail 0\n# cancelled 0",
                counts(1, 0, 0),
            ),
            (
                "ours",
                "PASS wasm 40000 of 45000\nFAIL js 9000 of 8000",
                counts(1, 1, 0),
            ),
            (
                "chatter",
                "passed the test\n# passable 3\n",
                counts(0, 0, 0),
            ),
        ];
        for (name, output, want) in table {
            assert_eq!(Counts::read(output), want, "{name}");
        }
    }

    #[test]
    fn failed_tests_are_named_once() {
        let output = "test a::b ... FAILED\ntest c ... ok\n✖ S12 no token (left) (41.5ms)\n✔ fine (1ms)\n\
                      ✖ failing tests:\n✖ S12 no token (left) (41.5ms)\nFAIL wasm: 9 of 8\ntest d ... FAIL\n";
        assert_eq!(
            failures(output),
            ["S12 no token (left)", "a::b", "d", "wasm: 9 of 8"]
        );
    }

    #[test]
    fn a_suite_that_ran_nothing_or_exits_red_has_failed() {
        assert_eq!(counts(0, 0, 0).judge(true), counts(0, 1, 0));
        assert_eq!(counts(4, 0, 0).judge(false), counts(4, 1, 0));
        assert_eq!(counts(4, 2, 0).judge(false), counts(4, 2, 0));
        assert_eq!(counts(4, 0, 1).judge(true), counts(4, 0, 1));
        assert_eq!(counts(0, 0, 1).judge(true), counts(0, 0, 1));
    }
}
