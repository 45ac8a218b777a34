//! Where sessions are kept: the file, or a store that several endpoints share.

use super::file::File;
use super::{SEAL_KEYS, SealSource, Secret, wrong};
use crate::base::problem::Problem;
use crate::store;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use std::path::Path;

/// Environment variable of the store's address, where a password is in it.
pub(super) const STORE: &str = "EXO365_STORE_URL";

/// The address of Redis or Valkey; `None` is the file.
pub(super) fn address(
    file: &File,
    folder: &Path,
    environment: &impl Fn(&str) -> Option<String>,
) -> Result<Option<Secret>, Problem> {
    let variable = environment(STORE).filter(|text| !text.trim().is_empty());
    let open = file.store.as_deref().filter(|text| *text != "file");
    let (name, address) = match (variable, &file.store_url_file, open) {
        (None, None, None) => return Ok(None),
        (Some(text), None, None) => (STORE, Secret::new(text.trim().into())),
        (None, Some(path), None) => ("store_url_file", Secret::from_file(&folder.join(path))?),
        (None, None, Some(text)) => ("store", Secret::new(text.into())),
        _ => {
            return Err(wrong(format!(
                "the store is given twice: by {STORE}, `store_url_file` and `store` there is one at most"
            )));
        }
    };
    match store::check(address.reveal()) {
        Err(sentence) if name == "store" => Err(wrong(format!(
            "`store` is \"file\", or {}",
            sentence.trim_start_matches("is ")
        ))),
        Err(sentence) => Err(wrong(format!("{name} {sentence}"))),
        Ok(true) if name == "store" => Err(wrong(format!(
            "`store` has a password in it: put the address into the environment variable {STORE}, or into the \
             file that `store_url_file` names"
        ))),
        Ok(_) => Ok(Some(address)),
    }
}

/// The certificates that a store with TLS is checked by.
pub(super) fn authority(
    file: &File,
    folder: &Path,
    address: Option<&Secret>,
) -> Result<Option<Vec<u8>>, Problem> {
    let Some(path) = &file.store_ca_file else {
        return Ok(None);
    };
    if !address.is_some_and(|address| store::is_tls(address.reveal())) {
        return Err(wrong(
            "`store_ca_file` goes with a store at a rediss:// address",
        ));
    }
    let path = folder.join(path);
    let shown = path.display();
    let text =
        std::fs::read(&path).map_err(|error| wrong(format!("{shown} cannot be read: {error}")))?;
    // What is no certificate would be passed over, and the store refused later.
    if CertificateDer::from_pem_slice(&text).is_err() {
        return Err(wrong(format!("{shown} holds no certificate in PEM")));
    }
    Ok(Some(text))
}

/// What one endpoint seals the others have to open.
pub(super) fn same_keys(store: Option<&Secret>, seal: &SealSource) -> Result<(), Problem> {
    match (store, seal) {
        (Some(_), SealSource::Beside(_)) => Err(Problem::Secret(format!(
            "endpoints that share a store share the sealing keys: set {SEAL_KEYS}, or `seal_keys_file`"
        ))),
        _ => Ok(()),
    }
}
