//! The `Prefer` header (RFC 7240).

use axum::http::HeaderMap;

use crate::api_error::ApiError;
use crate::clock::timezone;
use crate::http::Flavor;

/// The preferences of the `Prefer` header.
#[derive(Clone, Debug, Default)]
pub(crate) struct Prefer {
    /// Name of the time zone as received, and its rules.
    pub(crate) timezone: Option<(String, chrono_tz::Tz)>,
    pub(crate) text_body: Option<bool>,
    pub(crate) immutable: bool,
    pub(crate) max_page: Option<usize>,
    pub(crate) track_changes: bool,
}

impl Prefer {
    /// Reads all `Prefer` headers. Unknown preferences are ignored (RFC 7240).
    pub(crate) fn read(headers: &HeaderMap, flavor: Flavor) -> Result<Self, ApiError> {
        let mut prefer = Self::default();
        let values = headers
            .get_all("prefer")
            .iter()
            .filter_map(|value| value.to_str().ok());
        for one in values.flat_map(|value| value.split(',')) {
            let (name, value) = one.split_once('=').unwrap_or((one, ""));
            let value = value.trim().trim_matches('"');
            match &*name.trim().to_ascii_lowercase() {
                "outlook.timezone" if flavor != Flavor::OutlookV1 => {
                    let zone = timezone::find(value).ok_or_else(|| {
                        let text = format!("A valid TimeZone value must be specified. The following TimeZone value is not supported: '{value}'.");
                        ApiError::new(400, "TimeZoneNotSupportedException", text)
                    })?;
                    prefer.timezone = Some((value.to_owned(), zone));
                }
                "outlook.body-content-type" => {
                    prefer.text_body = Some(value.eq_ignore_ascii_case("text"));
                }
                "idtype" if flavor.is_graph() => {
                    prefer.immutable = value.eq_ignore_ascii_case("ImmutableId");
                }
                "odata.maxpagesize" => {
                    prefer.max_page = value.parse().ok().filter(|size| *size > 0)
                }
                "odata.track-changes" => prefer.track_changes = true,
                _ => {}
            }
        }
        Ok(prefer)
    }

    /// The `Preference-Applied` header.
    pub(crate) fn applied(&self) -> Option<String> {
        let mut list = Vec::new();
        if let Some(text) = self.text_body {
            let kind = if text { "text" } else { "html" };
            list.push(format!("outlook.body-content-type=\"{kind}\""));
        }
        if let Some((name, _)) = &self.timezone {
            list.push(format!("outlook.timezone=\"{name}\""));
        }
        if self.immutable {
            list.push("IdType=ImmutableId".to_owned());
        }
        if self.track_changes {
            list.push("odata.track-changes".to_owned());
        }
        (!list.is_empty()).then(|| list.join(", "))
    }
}
