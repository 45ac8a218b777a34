//! The body of a call: its JSON with canonical names, checked with Graph's types.

use serde_json::Value;

use super::call::Call;
use crate::api_error::ApiError;
use crate::schema::body::{self, Problem};
use crate::schema::case;
use crate::schema::names::Kind;
use crate::schema::table::table;
use crate::store::Json;
use crate::views::{extended_properties, outlook};

impl Call<'_> {
    /// The body as a JSON object with canonical names.
    pub(crate) fn body(&self, kind: Kind) -> Result<Json, ApiError> {
        let value = self.any_body()?;
        match outlook::from_outlook(self.flavor, kind, value) {
            Value::Object(object) => match extended_properties::wrong_id(&object) {
                None => Ok(object),
                Some(id) => Err(ApiError::new(
                    400,
                    "ErrorInvalidExtendedProperty",
                    format!("'{id}' is no id of an extended property."),
                )),
            },
            _ => Err(ApiError::new(
                400,
                "BadRequest",
                "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.",
            )),
        }
    }

    /// The body as a JSON object, as it was sent.
    pub(crate) fn object(&self) -> Result<Json, ApiError> {
        match self.any_body()? {
            Value::Object(object) => Ok(object),
            _ => Err(ApiError::new(
                400,
                "BadRequest",
                "The request body is no JSON object.",
            )),
        }
    }

    /// The parameters of an action, with names in camel case.
    pub(crate) fn parameters(&self) -> Result<Json, ApiError> {
        if self.request.body.is_empty() {
            return Ok(Json::new());
        }
        let value = self.any_body()?;
        if self.flavor.is_graph() {
            // Names of parameters are case-insensitive: `Comment` is `comment`.
            let object = value.as_object().cloned().unwrap_or_default();
            return Ok(object
                .into_iter()
                .map(|(name, value)| (case::camel(&name), value))
                .collect());
        }
        let object = value.as_object().cloned().unwrap_or_default();
        Ok(object
            .into_iter()
            .map(|(name, value)| {
                let name = case::camel(&name);
                let value = match name.as_str() {
                    "message" => outlook::from_outlook(self.flavor, Kind::Message, value),
                    _ => outlook::value_from_outlook(&name, value),
                };
                (name, value)
            })
            .collect())
    }

    /// The body as JSON. Bodies of Graph are checked with the table of types.
    fn any_body(&self) -> Result<Value, ApiError> {
        let value = serde_json::from_slice(&self.request.body).map_err(|_| {
            let text = "Unable to read JSON request payload. Please ensure Content-Type header is \
                        set and payload is of valid JSON format.";
            ApiError::new(400, "BadRequest", text)
        })?;
        let known = table().body(self.request.method.as_str(), &self.segments);
        match known.filter(|_| self.flavor.is_graph()) {
            Some(known) => body::check(known, value).map_err(|problem| self.invalid_body(&problem)),
            None => Ok(value),
        }
    }

    /// The service's error for a body that is not valid: mail has one code for all, the rest says what is wrong.
    fn invalid_body(&self, problem: &Problem) -> ApiError {
        let mail = ["messages", "sendmail"];
        if self.segments.iter().any(|one| mail.contains(&one.as_str())) {
            let text = "were unable to deserialize ";
            return ApiError::new(400, "UnableToDeserializePostBody", text);
        }
        let text = match problem {
            Problem::Unknown { property, kind: "" } => format!(
                "The parameter '{property}' in the request payload is not a valid parameter for the operation."
            ),
            Problem::Unknown { property, kind } => format!(
                "The property '{property}' does not exist on type 'microsoft.graph.{kind}'. Make sure to only use \
                 property names that are defined by the type."
            ),
            Problem::Value {
                property,
                value,
                kind,
            } => format!(
                "Cannot convert the value {value} of the property '{property}' to the type '{kind}'."
            ),
        };
        ApiError::new(400, "RequestBodyRead", text)
    }
}
