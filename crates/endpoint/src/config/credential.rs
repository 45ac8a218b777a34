//! How the endpoint proves who it is: by one or two secrets, or by a certificate.

use super::certificate::{AssertionAlgorithm, Certificate};
use super::file::File;
use super::keys::SECRET;
use super::secret::{Readers, Secret};
use crate::base::problem::Problem;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Most secrets at a time: the current one, and the next or the previous one.
const MOST: usize = 2;

/// The client's credential.
#[derive(Clone, Debug)]
pub(crate) enum Credential {
    /// One secret, or two while they change; and the file that they came from.
    Secrets(Vec<Secret>, Option<SecretFile>),
    /// Signs an assertion for each request; and the files that it came from.
    Certificate(Arc<Certificate>, CertificateFiles),
}

impl Credential {
    /// Number of secrets to try.
    pub(crate) fn count(&self) -> usize {
        match self {
            Self::Secrets(secrets, _) => secrets.len(),
            Self::Certificate(..) => 1,
        }
    }

    /// What its files hold now, where that is something else. What cannot be read is in the log.
    pub(crate) fn read_again(&self) -> Option<Self> {
        let read = match self {
            Self::Secrets(_, None) => return None,
            Self::Secrets(_, Some(file)) => file.read(),
            Self::Certificate(_, files) => files.read(),
        };
        match read {
            Ok(now) => Some(now).filter(|now| !now.is_same(self)),
            Err(problem) => {
                tracing::warn!(%problem, "the client's secret cannot be read again");
                None
            }
        }
    }

    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Secrets(one, _), Self::Secrets(other, _)) => one
                .iter()
                .map(Secret::reveal)
                .eq(other.iter().map(Secret::reveal)),
            (Self::Certificate(one, _), Self::Certificate(other, _)) => one.is_same(other),
            _ => false,
        }
    }
}

/// A file of secrets.
#[derive(Clone, Debug)]
pub(crate) struct SecretFile {
    path: PathBuf,
    readers: Readers,
}

impl SecretFile {
    fn read(&self) -> Result<Credential, Problem> {
        let text = Secret::from_file_for(&self.path, self.readers)?;
        let place = self.path.display().to_string();
        Ok(Credential::Secrets(
            secrets(&text, &place)?,
            Some(self.clone()),
        ))
    }
}

/// The files of a certificate and its key.
#[derive(Clone, Debug)]
pub(crate) struct CertificateFiles {
    certificate: PathBuf,
    key: PathBuf,
    how: AssertionAlgorithm,
    readers: Readers,
}

impl CertificateFiles {
    fn read(&self) -> Result<Credential, Problem> {
        let read = Certificate::read(&self.certificate, (&self.key, self.readers), self.how)?;
        Ok(Credential::Certificate(Arc::new(read), self.clone()))
    }
}

pub(super) fn credential(
    file: &File,
    folder: &Path,
    environment: &impl Fn(&str) -> Option<String>,
) -> Result<Credential, Problem> {
    let given = environment(SECRET).filter(|text| !text.trim().is_empty());
    let files = (&file.client_certificate_file, &file.client_key_file);
    let readers = Readers::of(file)?;
    let wrong = |sentence: String| Err(Problem::Secret(sentence));
    match (given, &file.client_secret_file, files) {
        (None, None, (Some(certificate), Some(key))) => {
            let how = how(file.client_assertion.as_deref())?;
            let files = CertificateFiles {
                certificate: folder.join(certificate),
                key: folder.join(key),
                how,
                readers,
            };
            files.read()
        }
        (_, _, (Some(_), None) | (None, Some(_))) => {
            wrong("`client_certificate_file` and `client_key_file` go together".into())
        }
        (Some(_), _, (Some(_), _)) | (_, Some(_), (Some(_), _)) => wrong(format!(
            "the endpoint has a certificate and a secret: take the certificate's two keys out, or {SECRET} and `client_secret_file`"
        )),
        (Some(text), None, _) => Ok(Credential::Secrets(
            secrets(&Secret::new(text), SECRET)?,
            None,
        )),
        (None, Some(path), _) => {
            let path = folder.join(path);
            SecretFile { path, readers }.read()
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

/// Splits one or two secrets at white space, which no secret of Microsoft contains.
fn secrets(text: &Secret, place: &str) -> Result<Vec<Secret>, Problem> {
    let secrets = text.reveal().split_whitespace();
    let secrets: Vec<Secret> = secrets.map(|one| Secret::new(one.into())).collect();
    if secrets.len() > MOST {
        return Err(Problem::Secret(format!(
            "{place} holds one client secret, or two divided by white space"
        )));
    }
    Ok(secrets)
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
