//! Refusals of the APIs, before they have the envelope of a flavour.

use crate::http::Flavour;

/// A refusal before it has its envelope.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Failure {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    /// Outlook's 401: everything is in the headers.
    pub(crate) empty: bool,
}

impl Failure {
    /// A refusal by status, code and sentence.
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            headers: Vec::new(),
            empty: false,
        }
    }

    /// The same with a header.
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// 400 with the code for bad requests.
    pub(crate) fn bad(message: impl Into<String>) -> Self {
        Self::new(400, "ErrorInvalidRequest", message)
    }

    /// The object is gone or was never there.
    pub(crate) fn not_found() -> Self {
        Self::new(
            404,
            "ErrorItemNotFound",
            "The specified object was not found in the store.",
        )
    }

    /// The text is no id.
    pub(crate) fn malformed_id() -> Self {
        Self::new(400, "ErrorInvalidIdMalformed", "Id is malformed.")
    }

    /// Not allowed here.
    pub(crate) fn denied() -> Self {
        Self::new(
            403,
            "ErrorAccessDenied",
            "Access is denied. Check credentials and try again.",
        )
    }

    /// A guarded operation, from a client that takes no challenges.
    pub(crate) fn step_up_required() -> Self {
        let text = "The caller does not meet the authentication bar to carry out this operation. The \
                    service cannot allow this operation.";
        Self::new(403, "ErrorAccessDenied", text)
    }

    /// Somebody changed the item in between.
    pub(crate) fn conflict() -> Self {
        let text = "The send or update operation could not be performed because the change key \
                    passed in the request does not match the current change key for the item.";
        Self::new(412, "ErrorIrresolvableConflict", text)
    }

    /// No mailbox behind the account.
    pub(crate) fn no_mailbox(flavour: Flavour) -> Self {
        let text = if flavour.is_graph() {
            "The mailbox is either inactive, soft-deleted, or is hosted on-premise."
        } else {
            "REST API is not yet supported for this mailbox."
        };
        Self::new(404, "MailboxNotEnabledForRESTAPI", text)
    }

    /// A path that nobody has, in this flavour at least.
    pub(crate) fn no_segment(flavour: Flavour, segment: &str) -> Self {
        let text = format!("Resource not found for the segment '{segment}'.");
        if flavour.is_graph() {
            Self::new(400, "BadRequest", text)
        } else {
            Self::new(404, "ResourceNotFound", text)
        }
    }

    /// The refusal for a method that a path does not take.
    pub(crate) fn wrong_method() -> Self {
        let text =
            "The OData request is not supported: the method is not allowed on this resource.";
        Self::new(405, "ErrorInvalidRequest", text)
    }

    /// A refusal of a property's value.
    pub(crate) fn invalid_property(text: impl Into<String>) -> Self {
        Self::new(400, "ErrorPropertyValidationFailure", text)
    }

    /// A refusal of a parameter.
    pub(crate) fn invalid_parameter(text: impl Into<String>) -> Self {
        Self::new(400, "ErrorInvalidParameter", text)
    }
}
