//! Errors of the APIs, independent of the flavour.

use crate::http::Flavor;

/// An error of an API.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct ApiError {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    /// The response has no body (the 401 of the Outlook APIs).
    pub(crate) empty: bool,
}

impl ApiError {
    /// An error with status, code and message.
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

    /// 400 `ErrorInvalidRequest`.
    pub(crate) fn bad(message: impl Into<String>) -> Self {
        Self::new(400, "ErrorInvalidRequest", message)
    }

    /// The object does not exist.
    pub(crate) fn not_found() -> Self {
        Self::new(
            404,
            "ErrorItemNotFound",
            "The specified object was not found in the store.",
        )
    }

    /// The text is not a valid id.
    pub(crate) fn malformed_id() -> Self {
        Self::new(400, "ErrorInvalidIdMalformed", "Id is malformed.")
    }

    /// The caller has no access.
    pub(crate) fn denied() -> Self {
        Self::new(
            403,
            "ErrorAccessDenied",
            "Access is denied. Check credentials and try again.",
        )
    }

    /// The operation needs a second factor, and the client does not understand claims challenges.
    pub(crate) fn step_up_required() -> Self {
        let text = "The caller does not meet the authentication bar to carry out this operation. The \
                    service cannot allow this operation.";
        Self::new(403, "ErrorAccessDenied", text)
    }

    /// The item has changed since the client read it.
    pub(crate) fn conflict() -> Self {
        let text = "The send or update operation could not be performed because the change key \
                    passed in the request does not match the current change key for the item.";
        Self::new(412, "ErrorIrresolvableConflict", text)
    }

    /// The account has no mailbox.
    pub(crate) fn no_mailbox(flavor: Flavor) -> Self {
        let text = if flavor.is_graph() {
            "The mailbox is either inactive, soft-deleted, or is hosted on-premise."
        } else {
            "REST API is not yet supported for this mailbox."
        };
        Self::new(404, "MailboxNotEnabledForRESTAPI", text)
    }

    /// The path does not exist in this flavour.
    pub(crate) fn no_segment(flavor: Flavor, segment: &str) -> Self {
        let text = format!("Resource not found for the segment '{segment}'.");
        if flavor.is_graph() {
            Self::new(400, "BadRequest", text)
        } else {
            Self::new(404, "ResourceNotFound", text)
        }
    }

    /// The path does not support the method.
    pub(crate) fn wrong_method() -> Self {
        let text =
            "The OData request is not supported: the method is not allowed on this resource.";
        Self::new(405, "ErrorInvalidRequest", text)
    }

    /// The value of a property is not valid.
    pub(crate) fn invalid_property(text: impl Into<String>) -> Self {
        Self::new(400, "ErrorPropertyValidationFailure", text)
    }

    /// A parameter is not valid.
    pub(crate) fn invalid_parameter(text: impl Into<String>) -> Self {
        Self::new(400, "ErrorInvalidParameter", text)
    }
}
