//! The endpoint's binary as a process, for the tests that start it.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A process that ends with the test.
pub(crate) struct Process {
    pub(crate) child: Child,
    pub(crate) port: u16,
}

impl Process {
    /// Starts the binary in `dir`, which holds its configuration; `command` adds to its environment.
    pub(crate) async fn start(dir: &Path, command: impl FnOnce(&mut Command)) -> Self {
        let file = dir.join("port");
        let _ = std::fs::remove_file(&file);
        let mut binary = Command::new(env!("CARGO_BIN_EXE_exo365-endpoint"));
        binary
            .current_dir(dir)
            .args(["--port-file", "port"])
            .env("EXO365_CLIENT_SECRET", "hush")
            .stderr(Stdio::null());
        command(&mut binary);
        let child = binary.spawn().unwrap();
        let told = async {
            loop {
                let text = std::fs::read_to_string(&file).unwrap_or_default();
                if let Ok(port) = text.parse() {
                    return port;
                }
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        let port = tokio::time::timeout(Duration::from_secs(60), told);
        let port = port.await.unwrap();
        Self { child, port }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The configuration of an endpoint on this machine at the sign-in service `login`.
pub(crate) fn settings(client: &str, page: &str, login: &str) -> String {
    format!(
        "client_id = \"{client}\"\nlogin = \"{login}\"\nredirect_uris = [\"{page}/\"]\norigins = [\"{page}\"]\n\
         insecure_loopback = true\nlisten = \"127.0.0.1:0\"\n"
    )
}
