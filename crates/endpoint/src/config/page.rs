//! The folder of the page: everything in it is served to anyone, so no secret may lie there.

use crate::base::problem::Problem;
use exo365_core::origin;
use std::path::{Path, PathBuf};

/// Depth to which folders are searched for links.
const DEPTH: usize = 32;

/// A file that nobody may read through the page, and what it is.
pub(super) type Private<'a> = (&'a str, PathBuf);

/// The folder, read and searched.
///
/// # Errors
/// [`Problem::Page`] where it cannot be read, and where one of the `private` files lies below it or is reached by a link
/// in it.
pub(super) fn page(folder: &Path, private: &[Private<'_>]) -> Result<PathBuf, Problem> {
    let unreadable = |error: std::io::Error| {
        Problem::Page(format!(
            "the folder of the page, {}, cannot be read: {error}",
            folder.display()
        ))
    };
    std::fs::read_dir(folder).map_err(unreadable)?;
    let root = folder.canonicalize().map_err(unreadable)?;
    let private: Vec<Private<'_>> = private
        .iter()
        .map(|(what, file)| (*what, whole(file)))
        .collect();
    search(&root, &private, DEPTH)?;
    Ok(folder.to_owned())
}

/// The file's whole path, through links; one that is not there yet is in its folder.
fn whole(file: &Path) -> PathBuf {
    let by_folder = || {
        let name = file.file_name()?;
        let folder = file
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        Some(folder.canonicalize().ok()?.join(name))
    };
    let found = file.canonicalize().ok().or_else(by_folder);
    found.unwrap_or_else(|| file.to_owned())
}

fn search(folder: &Path, private: &[Private<'_>], depth: usize) -> Result<(), Problem> {
    if let Some((what, file)) = private.iter().find(|(_, file)| file.starts_with(folder)) {
        return Err(Problem::Page(format!(
            "`page` serves {} to anyone, and {what} ({}) lies below it: give the page a folder of its own",
            folder.display(),
            file.display()
        )));
    }
    if depth == 0 {
        return Ok(());
    }
    // What cannot be read here cannot be served either.
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let Ok(kind) = entry.file_type() else {
            continue;
        };
        let target = if kind.is_symlink() {
            let Ok(target) = path.canonicalize() else {
                continue;
            };
            target
        } else {
            path
        };
        if let Some((what, file)) = private.iter().find(|(_, file)| is_same(&target, file)) {
            return Err(Problem::Page(format!(
                "`page` serves {} to anyone, and that is {what} ({}): take it out of the page's folder",
                entry.path().display(),
                file.display()
            )));
        }
        if target.is_dir() {
            search(&target, private, depth - 1)?;
        }
    }
    Ok(())
}

/// Whether both paths lead to one file, also by a hard link.
fn is_same(one: &Path, other: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let id = |path: &Path| {
            let about = std::fs::metadata(path).ok()?;
            Some((about.dev(), about.ino()))
        };
        one == other || id(one).is_some_and(|one| id(other) == Some(one))
    }
    #[cfg(not(unix))]
    {
        one == other
    }
}

/// Checks where the page's images may come from: each entry becomes a source of the policy's `img-src`.
///
/// # Errors
/// [`Problem::Config`], which names the entry that is neither `https:` nor an origin.
pub(super) fn images(sources: &[String], local: bool) -> Result<(), Problem> {
    let odd = sources
        .iter()
        .find(|one| one.as_str() != "https:" && origin::check(one, local).is_err());
    odd.map_or(Ok(()), |odd| {
        Err(Problem::config(format!(
            "`page_images` lists \"https:\" for all servers, or https origins without path such as \
             \"https://images.contoso.example\"; this is neither: {odd}"
        )))
    })
}

#[cfg(all(test, unix))]
mod unit {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn images_come_from_origins_and_from_nothing_that_would_change_the_policy() {
        let judge = |source: &str| images(&[source.to_owned()], false);
        for fine in ["https:", "https://images.contoso.example"] {
            assert!(judge(fine).is_ok(), "{fine}");
        }
        for odd in [
            "",
            "*",
            "http:",
            "data:",
            "https://images.contoso.example/logos",
            "https://*.contoso.example",
            "https://a.example; script-src *",
            "http://localhost:8000",
        ] {
            let problem = judge(odd).unwrap_err();
            assert!(problem.to_string().contains("page_images"), "{problem}");
        }
        assert!(images(&["http://localhost:8000".to_owned()], true).is_ok());
    }

    #[test]
    fn e63_a_page_that_would_publish_a_secret_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        std::fs::create_dir_all(at("site/deep")).unwrap();
        std::fs::create_dir_all(at("other")).unwrap();
        std::fs::write(at("site/index.html"), "<p>").unwrap();
        std::fs::write(at("secret"), "hush").unwrap();
        let judge =
            |folder: &str, file: &str| page(&at(folder), &[("the client secret", at(file))]);
        assert!(judge("site", "secret").is_ok());
        assert!(judge("other", "not-there-yet").is_ok());
        for (folder, file) in [
            ("", "secret"),
            (".", "not-there-yet"),
            ("site/..", "secret"),
            ("site", "site/deep/db"),
            ("site", "other/../site/db"),
        ] {
            let problem = judge(folder, file).unwrap_err();
            assert_eq!(problem.exit_code(), 6, "{folder} {file}");
            assert!(
                problem.to_string().contains("the client secret"),
                "{problem}"
            );
        }
        symlink(at("site"), at("link")).unwrap();
        assert!(judge("link", "secret").is_ok());
        assert!(judge("link", "site/db").is_err(), "the page is a link");
        symlink(at("secret"), at("site/deep/a.txt")).unwrap();
        assert!(judge("site", "secret").is_err(), "a link to the file");
        std::fs::remove_file(at("site/deep/a.txt")).unwrap();
        symlink(dir.path(), at("site/deep/up")).unwrap();
        assert!(judge("site", "secret").is_err(), "a link to its folder");
        std::fs::remove_file(at("site/deep/up")).unwrap();
        std::fs::hard_link(at("secret"), at("site/b.txt")).unwrap();
        assert!(judge("site", "secret").is_err(), "a hard link");
    }
}
