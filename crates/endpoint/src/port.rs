//! Opens the port, and writes it to a file.

use exo365_endpoint::Problem;
use std::net::SocketAddr;
use std::path::Path;
use tokio::net::TcpListener;

/// Listens on `address`; `key` names its setting, for messages.
///
/// # Errors
/// [`Problem::Listen`], with what to change.
pub(crate) async fn listen(address: SocketAddr, key: &str) -> Result<TcpListener, Problem> {
    TcpListener::bind(address).await.map_err(|error| {
        let port = address.port();
        Problem::Listen(match error.kind() {
            std::io::ErrorKind::AddrInUse => {
                format!("port {port} is taken: stop what runs there, or choose another in `{key}`")
            }
            _ => format!("{address} cannot be listened on ({error}): check `{key}`"),
        })
    })
}

/// Writes the port to a temporary file and renames it, so that nobody reads half a number.
pub(crate) fn write_port(file: &Path, port: u16) -> Result<(), Problem> {
    let half = file.with_extension("part");
    std::fs::write(&half, port.to_string())
        .and_then(|()| std::fs::rename(&half, file))
        .map_err(|error| Problem::Listen(format!("{} cannot be written: {error}", file.display())))
}
