//! Secrets: read from the environment or from files that nobody else may read, never printed.

use super::file::{File, without_byte_order_mark};
use crate::base::problem::Problem;
use std::fmt;
use std::path::Path;
use zeroize::Zeroizing;

/// A secret. Printing it prints a placeholder; dropping it overwrites it.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes `text`.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text itself, for the request that needs it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Reads `file`.
    ///
    /// # Errors
    /// [`Problem::Secret`] where it cannot be read, is empty, or may be read by others than its owner.
    pub fn from_file(file: &Path) -> Result<Self, Problem> {
        Self::from_file_for(file, Readers::Owner)
    }

    /// The same for a file that others may read as well.
    pub(crate) fn from_file_for(file: &Path, readers: Readers) -> Result<Self, Problem> {
        let shown = file.display();
        let open = |error| Problem::Secret(format!("{shown} cannot be read: {error}"));
        let text = std::fs::read_to_string(file).map_err(open)?;
        if is_open_to_more_than(file, readers).map_err(open)? {
            return Err(Problem::Secret(format!(
                "{shown} may be read by others: run `chmod 600` on it, and replace what is in it; where Kubernetes or \
                 Docker mounts it, say secret_files = \"group\" (0440) or \"anyone\" (0444)"
            )));
        }
        let text = without_byte_order_mark(&text).trim();
        if text.is_empty() {
            return Err(Problem::Secret(format!("{shown} is empty")));
        }
        Ok(Self::new(text.into()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Who may read the files of secrets.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Readers {
    /// Their owner.
    Owner,
    /// Their group as well: Kubernetes mounts 0440 where a pod has an `fsGroup`.
    Group,
    /// Anyone on the machine: Docker mounts 0444, where the container is the machine.
    Anyone,
}

impl Readers {
    /// What `secret_files` says.
    pub(super) fn of(file: &File) -> Result<Self, Problem> {
        match file.secret_files.as_deref() {
            None | Some("owner") => Ok(Self::Owner),
            Some("group") => Ok(Self::Group),
            Some("anyone") => Ok(Self::Anyone),
            Some(_) => Err(Problem::config(
                "`secret_files` is \"owner\", \"group\" or \"anyone\": who may read the files of secrets",
            )),
        }
    }

    /// The bits of a file's mode that are refused. Nobody but the owner may ever write.
    #[cfg(unix)]
    const fn refused(self) -> u32 {
        match self {
            Self::Owner => 0o077,
            Self::Group => 0o037,
            Self::Anyone => 0o033,
        }
    }
}

#[cfg(unix)]
fn is_open_to_more_than(file: &Path, readers: Readers) -> std::io::Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(std::fs::metadata(file)?.permissions().mode() & readers.refused() != 0)
}

#[cfg(not(unix))]
fn is_open_to_more_than(_: &Path, _: Readers) -> std::io::Result<bool> {
    Ok(false)
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn e2_it_is_never_printed() {
        let secret = Secret::new("hush".into());
        assert!(!format!("{secret:?}").contains("hush"));
        assert_eq!(secret.reveal(), "hush");
    }

    #[cfg(unix)]
    #[test]
    fn e64_a_secret_is_the_same_however_an_editor_ends_and_begins_its_file() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("secret");
        for text in [
            "hush",
            "hush\n",
            "hush\r\n",
            "\u{feff}hush\r\n",
            "  hush\t\n\n",
        ] {
            std::fs::write(&file, text).unwrap();
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
            let read = Secret::from_file(&file);
            assert_eq!(read.unwrap().reveal(), "hush", "{text:?}");
        }
        for nothing in ["", "\n", "\u{feff}\r\n"] {
            std::fs::write(&file, nothing).unwrap();
            assert!(Secret::from_file(&file).is_err(), "{nothing:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn e2_a_file_that_others_may_read_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("secret");
        std::fs::write(&file, "hush\n").unwrap();
        for (mode, wanted) in [
            (0o644, false),
            (0o640, false),
            (0o604, false),
            (0o600, true),
            (0o400, true),
        ] {
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
            let read = Secret::from_file(&file);
            assert_eq!(read.is_ok(), wanted, "{mode:o}");
            assert!(!format!("{read:?}").contains("hush"));
        }
    }

    #[cfg(unix)]
    #[test]
    fn e71_files_that_an_orchestrator_mounts_are_usable_by_a_setting() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("secret");
        std::fs::write(&file, "hush\n").unwrap();
        for (mode, group, anyone) in [
            (0o440, true, true),
            (0o640, true, true),
            (0o444, false, true),
            (0o644, false, true),
            (0o660, false, false),
            (0o666, false, false),
            (0o400, true, true),
        ] {
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
            let read = |readers| Secret::from_file_for(&file, readers).is_ok();
            assert_eq!(read(Readers::Group), group, "{mode:o}");
            assert_eq!(read(Readers::Anyone), anyone, "{mode:o}");
        }
    }
}
