//! Where sessions are kept: the file, or a store that several endpoints share.

use super::file::File;
use super::keys::{SEAL_KEYS, STORE};
use super::sealing::SealSource;
use super::secret::{Readers, Secret};
use super::store_address::StoreAddress;
use crate::base::problem::Problem;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use std::path::Path;

/// More replicas than this confirm no write.
const MOST_REPLICAS: u32 = 10;

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
        (None, Some(path), None) => (
            "store_url_file",
            Secret::from_file_for(&folder.join(path), Readers::of(file)?)?,
        ),
        (None, None, Some(text)) => ("store", Secret::new(text.into())),
        _ => {
            return Err(Problem::config(format!(
                "the store is given twice: by {STORE}, `store_url_file` and `store` there is one at most"
            )));
        }
    };
    let parsed = StoreAddress::parse(address.reveal());
    match parsed.map(|parsed| parsed.has_password()) {
        Err(sentence) if name == "store" => Err(Problem::config(format!(
            "`store` is \"file\", or {}",
            sentence.trim_start_matches("is ")
        ))),
        Err(sentence) => Err(Problem::config(format!("{name} {sentence}"))),
        Ok(true) if name == "store" => Err(Problem::config(format!(
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
    let parsed = address.map(|address| StoreAddress::parse(address.reveal()));
    if !parsed.is_some_and(|parsed| parsed.is_ok_and(|parsed| parsed.is_tls())) {
        return Err(Problem::config(
            "`store_ca_file` goes with a store at a rediss:// address",
        ));
    }
    let path = folder.join(path);
    let shown = path.display();
    let text = std::fs::read(&path)
        .map_err(|error| Problem::config(format!("{shown} cannot be read: {error}")))?;
    // A file without a certificate would be ignored here and fail later.
    if CertificateDer::from_pem_slice(&text).is_err() {
        return Err(Problem::config(format!(
            "{shown} holds no certificate in PEM"
        )));
    }
    Ok(Some(text))
}

/// How many replicas have to hold a write; `None` is what fits the address.
pub(super) fn replicas(file: &File, address: Option<&Secret>) -> Result<Option<u32>, Problem> {
    match file.store_replicas {
        Some(_) if address.is_none() => Err(Problem::config(
            "`store_replicas` goes with a store at an address",
        )),
        Some(count) if count > MOST_REPLICAS => Err(Problem::config(format!(
            "`store_replicas` is 0 to {MOST_REPLICAS}"
        ))),
        given => Ok(given),
    }
}

/// Endpoints that share a store have to share their sealing keys.
pub(super) fn same_keys(store: Option<&Secret>, seal: &SealSource) -> Result<(), Problem> {
    match (store, seal) {
        (Some(_), SealSource::KeyFile(_)) => Err(Problem::Secret(format!(
            "endpoints that share a store share the sealing keys: set {SEAL_KEYS}, or `seal_keys_file`"
        ))),
        _ => Ok(()),
    }
}
