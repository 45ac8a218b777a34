//! Why the endpoint does not start: one sentence, one exit code.

use std::fmt;

/// A reason not to start. Its sentence names the remedy and holds no secret.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Problem {
    /// The configuration is wrong. Exit code 2.
    Config(String),
    /// The client secret or the sealing keys are missing, or others may read them. Exit code 3.
    Secret(String),
    /// The address cannot be listened on. Exit code 4.
    Listen(String),
    /// The database cannot be used. Exit code 5.
    Database(String),
    /// The folder of the page cannot be read. Exit code 6.
    Page(String),
    /// The machine has no certificates or no random bytes. Exit code 7.
    Machine(String),
    /// `check` found something to be changed. Exit code 8.
    Check(String),
    /// `app-token` got no token. Exit code 9.
    Token(String),
}

impl Problem {
    /// [`Problem::Config`] with this sentence.
    pub(crate) fn config(sentence: impl Into<String>) -> Self {
        Self::Config(sentence.into())
    }

    /// The exit code of the binary.
    #[must_use]
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Config(_) => 2,
            Self::Secret(_) => 3,
            Self::Listen(_) => 4,
            Self::Database(_) => 5,
            Self::Page(_) => 6,
            Self::Machine(_) => 7,
            Self::Check(_) => 8,
            Self::Token(_) => 9,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(sentence)
            | Self::Secret(sentence)
            | Self::Listen(sentence)
            | Self::Database(sentence)
            | Self::Page(sentence)
            | Self::Machine(sentence)
            | Self::Check(sentence)
            | Self::Token(sentence) => f.write_str(sentence),
        }
    }
}

impl std::error::Error for Problem {}
