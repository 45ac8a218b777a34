//! Secrets: read from the environment or from files that nobody else may read, never printed.

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
        let shown = file.display();
        let open = |error| Problem::Secret(format!("{shown} cannot be read: {error}"));
        let text = std::fs::read_to_string(file).map_err(open)?;
        if is_readable_by_others(file).map_err(open)? {
            return Err(Problem::Secret(format!(
                "{shown} may be read by others: run `chmod 600` on it, and replace what is in it"
            )));
        }
        let text = text.trim();
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

#[cfg(unix)]
fn is_readable_by_others(file: &Path) -> std::io::Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(std::fs::metadata(file)?.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_readable_by_others(_: &Path) -> std::io::Result<bool> {
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
}
