//! How the endpoint proves who it is: by one or two secrets, or by a certificate.

use super::certificate::{AssertionAlgorithm, Certificate};
use super::file::File;
use super::keys::SECRET;
use super::secret::Secret;
use crate::base::problem::Problem;
use std::path::Path;
use std::sync::Arc;

/// Secrets that are good at the same time: the one in use, and the next or the last.
const MOST: usize = 2;

/// The proof.
#[derive(Clone, Debug)]
pub(crate) enum Credential {
    /// One secret, or two while they change.
    Secrets(Vec<Secret>),
    /// Signs an assertion for each request.
    Certificate(Arc<Certificate>),
}

impl Credential {
    /// How many there are to try.
    pub(crate) fn count(&self) -> usize {
        match self {
            Self::Secrets(secrets) => secrets.len(),
            Self::Certificate(_) => 1,
        }
    }
}

pub(super) fn credential(
    file: &File,
    folder: &Path,
    environment: &impl Fn(&str) -> Option<String>,
) -> Result<Credential, Problem> {
    let given = environment(SECRET).filter(|text| !text.trim().is_empty());
    let files = (&file.client_certificate_file, &file.client_key_file);
    let wrong = |sentence: String| Err(Problem::Secret(sentence));
    match (given, &file.client_secret_file, files) {
        (None, None, (Some(certificate), Some(key))) => {
            let how = how(file.client_assertion.as_deref())?;
            let read = Certificate::read(&folder.join(certificate), &folder.join(key), how)?;
            Ok(Credential::Certificate(Arc::new(read)))
        }
        (_, _, (Some(_), None) | (None, Some(_))) => {
            wrong("`client_certificate_file` and `client_key_file` go together".into())
        }
        (Some(_), _, (Some(_), _)) | (_, Some(_), (Some(_), _)) => wrong(format!(
            "the endpoint has a certificate and a secret: take the certificate's two keys out, or {SECRET} and `client_secret_file`"
        )),
        (Some(text), None, _) => secrets(&Secret::new(text), SECRET),
        (None, Some(path), _) => {
            let path = folder.join(path);
            secrets(&Secret::from_file(&path)?, &path.display().to_string())
        }
        (Some(_), Some(_), _) => wrong(format!(
            "the client secret is given twice: by {SECRET} and by `client_secret_file`"
        )),
        (None, None, _) => wrong(format!(
            "the client secret is missing: set the environment variable {SECRET}, or `client_secret_file`, or \
             `client_certificate_file` and `client_key_file`"
        )),
    }
}

/// One or two, divided by white space, which no secret of Microsoft's has.
fn secrets(text: &Secret, place: &str) -> Result<Credential, Problem> {
    let secrets = text.reveal().split_whitespace();
    let secrets: Vec<Secret> = secrets.map(|one| Secret::new(one.into())).collect();
    if secrets.len() > MOST {
        return Err(Problem::Secret(format!(
            "{place} holds one client secret, or two divided by white space"
        )));
    }
    Ok(Credential::Secrets(secrets))
}

fn how(name: Option<&str>) -> Result<AssertionAlgorithm, Problem> {
    match name {
        None | Some("PS256") => Ok(AssertionAlgorithm::Ps256),
        Some("RS256") => Ok(AssertionAlgorithm::Rs256),
        Some(_) => Err(Problem::config(
            "`client_assertion` is \"PS256\" or \"RS256\"",
        )),
    }
}
