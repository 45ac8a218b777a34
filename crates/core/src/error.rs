//! The one error type of exo365: a stable code, a message, and details.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::ops::{Deref, DerefMut};

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $text:literal, $remedy:literal;)+) => {
        /// Stable name of a failure. The strings are API: renaming one is a breaking change.
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        #[non_exhaustive]
        pub enum Code { $($(#[$doc])* $variant),+ }

        impl Code {
            /// Every code. A test holds the README's table and the `.d.ts` union to this list.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The string that JavaScript sees as `error.code`. Never inlined, as each place would bring the table.
            #[must_use]
            #[inline(never)]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// What to do about it, in a sentence. The package's build writes these sentences into the JavaScript:
            /// the WebAssembly does not call this.
            #[must_use]
            pub const fn remedy(self) -> &'static str {
                match self { $(Self::$variant => $remedy),+ }
            }
        }
    };
}

codes! {
    /// The sign-in service wants to see the user again.
    InteractionRequired = "interaction_required", "Sign in again: call resolve() from a click.";
    /// The user has not granted these permissions yet.
    ConsentRequired = "consent_required", "Ask the user to consent: call resolve() from a click.";
    /// Only an administrator can grant these permissions.
    AdminConsentRequired = "admin_consent_required", "Ask an administrator to open consentUrl.";
    /// The user or the organisation refused.
    AccessDenied = "access_denied", "Offer the sign-in again, or go on without it.";
    /// Another account than the expected one signed in.
    WrongAccount = "wrong_account", "Sign in with the right account (prompt: 'select_account').";
    /// The user closed or cancelled the sign-in.
    Cancelled = "cancelled", "Offer the sign-in again.";
    /// The browser did not open the window.
    PopupBlocked = "popup_blocked", "Call signIn from a click, or use mode 'redirect'.";
    /// The page may not leave for the sign-in service from where it is (a frame, a sandbox).
    NavigationBlocked = "navigation_blocked", "Open the page in a window of its own and sign in there.";

    /// The `state` that came back is not one that this tab sent out.
    StateMismatch = "state_mismatch", "Start the sign-in again from the page.";
    /// The sign-in took longer than `signInMinutes`.
    StateExpired = "state_expired", "Start the sign-in again.";
    /// The redirect is malformed: a field twice, or no code.
    InvalidCallback = "invalid_callback", "Start the sign-in again; check the redirect URI.";
    /// The answer comes from another issuer than the one that was asked.
    IssuerMismatch = "issuer_mismatch", "Start the sign-in again; check tenant and cloud.";

    /// The registration or the configuration is wrong.
    Misconfigured = "misconfigured", "Correct the configuration that the message names.";
    /// The page is not served over https (or from localhost).
    InsecureContext = "insecure_context", "Serve the page over https, or from localhost.";
    /// An argument is not what the function takes.
    InvalidArgument = "invalid_argument", "Correct the argument that the message names.";
    /// This flavour of the API does not have the operation.
    UnsupportedByApi = "unsupported_by_api", "Use an API that has it; the message names them.";
    /// The WebAssembly could not be loaded.
    WasmUnavailable = "wasm_unavailable", "Import from exo365/inline, or serve the .wasm file and pass its address as `wasm`; the CSP needs 'wasm-unsafe-eval'.";

    /// No such item.
    NotFound = "not_found", "Check the id; items may have been moved or deleted.";
    /// The signed-in user may not do this.
    Forbidden = "forbidden", "Ask for the permission (scope), or for access to this mailbox.";
    /// The change conflicts with the present state of an item.
    Conflict = "conflict", "Read the item again and decide.";
    /// The item changed since it was read.
    PreconditionFailed = "precondition_failed", "Read the item again and repeat with its new etag.";
    /// A write may have left, and no answer says whether it was done.
    OutcomeUnknown = "outcome_unknown", "Look at the item (of a message: the sent items) before you repeat it.";
    /// The service does not know the link or sync token any more.
    Gone = "gone", "Start over without the old token.";
    /// The service does not understand the request.
    BadRequest = "bad_request", "Correct the request; the message is the service's own.";
    /// The account has no mailbox that this API reaches.
    MailboxNotFound = "mailbox_not_found", "Sign in with an account that has an Exchange Online mailbox.";
    /// More than the service takes at once.
    TooLarge = "too_large", "Send less at once.";
    /// The mailbox has no room left.
    MailboxFull = "mailbox_full", "Make room in the mailbox.";
    /// Too many requests.
    Throttled = "throttled", "Wait retryAfterSeconds, then repeat.";
    /// The service has trouble.
    ServiceUnavailable = "service_unavailable", "Try again later.";
    /// The answer is not what the protocol says.
    InvalidResponse = "invalid_response", "Check what answers at this address (a proxy, a login page).";
    /// A link would have taken the token to a host outside the API.
    UntrustedHost = "untrusted_host", "Do not follow the link; report it if the service gave it.";

    /// No answer at all.
    Network = "network", "Check the connection; in a browser also CORS and the CSP's connect-src.";
    /// No answer in time.
    Timeout = "timeout", "Try again, or allow more time (timeout).";
    /// The caller stopped the call.
    Aborted = "aborted", "Nothing: the caller asked for it.";
    /// There is no session.
    SignedOut = "signed_out", "Sign in first: call signIn() from a click.";
}

impl Code {
    /// The code of that string.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let known = Self::ALL.iter().find(|code| code.as_str() == text);
        known.copied()
    }
}

/// What is known beyond code and message. Holds no secrets.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Detail {
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// The service's id of the request (`request-id`).
    pub request_id: Option<String>,
    /// Our id of the request (`client-request-id`).
    pub client_request_id: Option<String>,
    /// The sign-in service's correlation id.
    pub correlation_id: Option<String>,
    /// The sign-in service's trace id.
    pub trace_id: Option<String>,
    /// AADSTS numbers, most telling first.
    pub aadsts: Vec<u32>,
    /// The sign-in service's `suberror`.
    pub suberror: Option<String>,
    /// The API's own code, e.g. `ErrorItemNotFound`.
    pub service_code: Option<String>,
    /// `x-ms-diagnostics`, parsed.
    pub diagnostics: Option<Diagnostics>,
    /// How long to wait, in seconds, rounded up.
    pub retry_after_seconds: Option<u32>,
    /// Claims that the next sign-in or renewal has to ask for, as JSON text.
    pub claims: Option<String>,
    /// Where an administrator grants the permissions.
    pub consent_url: Option<String>,
    /// A better remedy than the code's own.
    pub remedy: Option<String>,
}

/// One value of Exchange's `x-ms-diagnostics` header.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Diagnostics {
    /// The number that leads, e.g. 2000001.
    pub number: u32,
    /// The reason, in a sentence.
    pub reason: String,
    /// The family, e.g. `invalid_token`.
    pub category: String,
}

/// A failure: a stable code, a message, and details.
///
/// It is one pointer wide, since every `?` moves it and each move is code in the WebAssembly.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Error(Box<Facts>);

/// The fields of an [`Error`], which dereferences to them (`error.code`, `error.message`).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Facts {
    /// What programs branch on.
    pub code: Code,
    /// What failed, for people. Never holds a secret.
    pub message: Cow<'static, str>,
    /// The details. Boxed, so that an error without them stays small.
    pub detail: Option<Box<Detail>>,
}

impl Deref for Error {
    type Target = Facts;

    fn deref(&self) -> &Facts {
        &self.0
    }
}

impl DerefMut for Error {
    fn deref_mut(&mut self) -> &mut Facts {
        &mut self.0
    }
}

impl Error {
    #[cold]
    #[inline(never)]
    fn made(code: Code, message: Cow<'static, str>) -> Self {
        Self(Box::new(Facts {
            code,
            message,
            detail: None,
        }))
    }

    /// An error with a fixed message.
    #[must_use]
    #[cold]
    #[inline(never)]
    pub fn new(code: Code, message: &'static str) -> Self {
        Self::made(code, Cow::Borrowed(message))
    }

    /// An error with a message that was put together.
    #[must_use]
    pub fn with(code: Code, message: String) -> Self {
        Self::made(code, Cow::Owned(message))
    }

    /// An error with [`Code::InvalidArgument`], the commonest code.
    #[must_use]
    #[cold]
    #[inline(never)]
    pub fn argument(message: &'static str) -> Self {
        Self::new(Code::InvalidArgument, message)
    }

    /// The details, empty ones where there are none yet.
    pub fn detail_mut(&mut self) -> &mut Detail {
        self.detail.get_or_insert_with(Box::default)
    }

    /// The error's own remedy, or the code's.
    #[must_use]
    pub fn remedy(&self) -> &str {
        self.detail
            .as_ref()
            .and_then(|detail| detail.remedy.as_deref())
            .unwrap_or_else(|| self.code.remedy())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl core::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_distinct_and_parse_back() {
        for code in Code::ALL {
            assert_eq!(Code::parse(code.as_str()), Some(*code), "{code:?}");
            assert!(code.remedy().ends_with('.'), "{code:?}");
        }
        assert_eq!(Code::ALL.len(), 35);
        assert_eq!(Code::parse("Network"), None);
    }

    #[test]
    fn a_remedy_of_its_own_wins() {
        let mut error = Error::new(Code::Network, "x");
        assert_eq!(error.remedy(), Code::Network.remedy());
        error.detail_mut().remedy = Some("Plug it in.".into());
        assert_eq!(error.remedy(), "Plug it in.");
    }
}
