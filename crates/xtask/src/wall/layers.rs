//! Judges the imports of a crate by its list of layers.

use super::imports::File;
use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use std::path::Path;

/// Most files in one circle of imports.
const LARGEST_CIRCLE: usize = 5;

/// Whether a crate that breaks its layers fails the step.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Mode {
    /// It fails.
    Enforced,
    /// It is printed, and the step passes: for a crate whose list is not finished.
    ReportOnly,
}

/// The layers of a crate.
pub(crate) struct Layers {
    /// The package, for messages, and for paths that begin with its name (`exo365_endpoint::...`).
    pub(crate) package: &'static str,
    /// Its source folder, from the root of the project.
    pub(crate) source: &'static str,
    pub(crate) mode: Mode,
    /// From the ground to the roof. Each name is a file (`clock.rs`) or a folder (`store/`), from the source folder.
    /// The longest name that fits a file counts. Without any, circles alone are judged.
    pub(crate) layers: &'static [&'static [&'static str]],
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Judgement {
    /// The number of files and the largest circle, in one line.
    pub(crate) summary: String,
    /// What is wrong, a line for each.
    pub(crate) problems: Vec<String>,
}

impl Layers {
    /// The number of the layer that holds `file`.
    fn of(&self, file: &str) -> Option<usize> {
        let fit = |name: &&str| *name == file || (name.ends_with('/') && file.starts_with(name));
        let numbered = self.layers.iter().enumerate();
        let fits = numbered.flat_map(|(number, names)| {
            let names = names.iter().filter(|name| fit(name));
            names.map(move |name| (name.len(), number))
        });
        fits.max().map(|(_, number)| number)
    }
}

/// Judges `files` by `layers`.
pub(crate) fn judge(layers: &Layers, files: &[File]) -> Judgement {
    let mut problems = Vec::new();
    if !layers.layers.is_empty() {
        problems.extend(misplaced(layers, files));
        problems.extend(upwards(layers, files));
    }
    let circles = circles(files);
    for circle in &circles {
        if circle.len() > LARGEST_CIRCLE {
            problems.push(format!(
                "a circle of {} files, more than {LARGEST_CIRCLE}: {}",
                circle.len(),
                circle.join(", ")
            ));
        } else if circle.iter().any(|file| folder(file) != folder(circle[0])) {
            problems.push(format!("a circle over folders: {}", circle.join(", ")));
        }
    }
    let largest = circles.first().map_or("no circle".into(), |circle| {
        format!(
            "the largest circle has {} files: {}",
            circle.len(),
            circle.join(", ")
        )
    });
    Judgement {
        summary: format!("{} files, {largest}", files.len()),
        problems,
    }
}

/// Files without a layer, and names of layers without a file.
fn misplaced(layers: &Layers, files: &[File]) -> Vec<String> {
    let lost = files.iter().filter(|file| layers.of(&file.path).is_none());
    let lost = lost.map(|file| format!("{} is in no layer", file.path));
    let names = layers.layers.iter().copied().flatten();
    let empty = names.filter(|name| {
        !files.iter().any(|file| {
            file.path == **name || (name.ends_with('/') && file.path.starts_with(**name))
        })
    });
    lost.chain(empty.map(|name| format!("the layer names {name}, which does not exist")))
        .collect()
}

fn upwards(layers: &Layers, files: &[File]) -> Vec<String> {
    let mut problems = Vec::new();
    for file in files {
        for target in &file.imports {
            let (Some(from), Some(to)) = (layers.of(&file.path), layers.of(target)) else {
                continue;
            };
            if to > from {
                let (from, to) = (from + 1, to + 1);
                problems.push(format!(
                    "{} (layer {from}) imports {target} (layer {to}): an import may not run upwards",
                    file.path
                ));
            }
        }
    }
    problems
}

/// The circles of imports, the largest first, their files sorted.
fn circles(files: &[File]) -> Vec<Vec<&str>> {
    let mut graph = DiGraph::<&str, ()>::new();
    for file in files {
        graph.add_node(&file.path);
    }
    let index = |path: &str| files.iter().position(|file| file.path == path);
    for (from, file) in files.iter().enumerate() {
        for to in file.imports.iter().filter_map(|path| index(path)) {
            graph.add_edge(NodeIndex::new(from), NodeIndex::new(to), ());
        }
    }
    let mut circles: Vec<Vec<&str>> = tarjan_scc(&graph)
        .into_iter()
        .filter(|circle| circle.len() > 1)
        .map(|circle| circle.into_iter().map(|node| graph[node]).collect())
        .collect();
    for circle in &mut circles {
        circle.sort_unstable();
    }
    circles.sort_by_key(|circle| std::cmp::Reverse(circle.len()));
    circles
}

fn folder(file: &str) -> Option<&Path> {
    Path::new(file).parent()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAYERS: Layers = Layers {
        package: "sample",
        source: "src",
        mode: Mode::Enforced,
        layers: &[&["clock.rs"], &["store/"], &["lib.rs"]],
    };

    fn file(path: &str, imports: &[&str]) -> File {
        File {
            path: path.into(),
            imports: imports.iter().map(|path| (*path).into()).collect(),
        }
    }

    fn problems(files: &[File]) -> Vec<String> {
        judge(&LAYERS, files).problems
    }

    #[test]
    fn an_import_downwards_holds_and_the_same_turned_round_fails() {
        let roof = || file("lib.rs", &["store/mod.rs"]);
        let down = [
            file("clock.rs", &[]),
            file("store/mod.rs", &["clock.rs"]),
            roof(),
        ];
        assert_eq!(problems(&down), [""; 0]);
        let up = [
            file("clock.rs", &["store/mod.rs"]),
            file("store/mod.rs", &[]),
            roof(),
        ];
        let found = problems(&up);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("clock.rs (layer 1) imports store/mod.rs (layer 2)"));
    }

    #[test]
    fn small_circles_within_a_folder_hold_and_others_fail() {
        let ground = || [file("clock.rs", &[]), file("lib.rs", &[])];
        let ring = |count: usize| -> Vec<File> {
            let name = |number: usize| format!("store/{}.rs", number % count);
            let ring = (0..count).map(|number| file(&name(number), &[&name(number + 1)]));
            ring.chain(ground()).collect()
        };
        let five = judge(&LAYERS, &ring(5));
        assert!(five.problems.is_empty(), "{five:?}");
        assert!(five.summary.contains("the largest circle has 5 files"));
        assert!(problems(&ring(6))[0].contains("a circle of 6 files"));
        let over = [
            file("clock.rs", &[]),
            file("lib.rs", &[]),
            file("store/mod.rs", &["store/disk/mod.rs"]),
            file("store/disk/mod.rs", &["store/mod.rs"]),
        ];
        assert!(problems(&over)[0].contains("a circle over folders"));
    }

    #[test]
    fn every_file_has_a_layer_and_every_name_a_file() {
        let found = problems(&[
            file("clock.rs", &[]),
            file("stray.rs", &[]),
            file("lib.rs", &[]),
        ]);
        let wanted = [
            "stray.rs is in no layer",
            "the layer names store/, which does not exist",
        ];
        assert_eq!(found, wanted);
    }
}
