//! A local tenant: emulates Microsoft's sign-in service (v1 and v2) and the mail,
//! calendar and contacts APIs (Graph v1.0, Outlook REST v2.0 and v1.0) on one origin.
//!
//! ```text
//! request ─► control? ─► log ─► faults ─► sign-in │ token │ API ─► CORS ─► answer
//!                                                            └─ one store, three views
//! ```
//!
//! The tenant is a test double: the signing key and the client secret are in the
//! source, all data is invented, and the server listens on loopback only, unless it is told
//! otherwise (`--listen`): then it makes a key and a secret of its own.
//! Time is virtual (the real clock plus an offset), so that a test can let a token expire
//! without waiting.
//!
//! # What it emulates
//! Mail with folders, rules, attachments and upload sessions; events with series, meetings
//! and free/busy; calendars and their groups; contacts with folders and photos; settings,
//! categories, mail tips, people, users, rooms; `$batch`; change tracking in both forms;
//! open extensions and extended properties; subscriptions with hooks on this machine;
//! automatic replies and notifications of meetings.
//!
//! Sign-in: code, device code, on behalf of, client credentials; confidential, single-page and
//! public clients; personal accounts; a federated domain.
//!
//! # What it does not emulate
//! Item and reference attachments, multipart batches, hooks on https.
//! `OPERATIONS.md` has all of Graph, made by a test.
//!
//! # Seeds
//! [`Seed`]: invented data in several sizes, or files of one's own (JSON, `.eml`, `.ics`, `.vcf`) with accounts and
//! registrations.
//!
//! # Control
//! `/_control/` is a page for people. With the header `X-Tenant-Control: 1`, under `/_control/`: `GET state`, `POST
//! clock` (`advanceSeconds`), `POST|GET|DELETE faults`, `DELETE deltas` (all delta tokens are invalid: 410), `GET
//! notifications`, `POST lifecycle`, `POST revoke`, `POST consent`, `GET|POST step-up` (the operations that need a
//! second factor), `GET|DELETE requests` (`?after=N` follows), `GET|POST|DELETE snapshots`, `POST restore`,
//! `GET|POST snapshot`, `POST reset`.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod api;
mod api_error;
mod clock;
mod control;
mod directory;
mod http;
mod ids;
mod oauth;
mod odata;
mod options;
mod router;
mod schema;
mod seed;
mod signin;
mod state;
mod store;
mod token;
mod views;

pub use directory::step_up::StepUp;
pub use directory::{
    DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, FEDERATED_DOMAIN, PASSWORD, TENANT_DOMAIN, TENANT_ID,
};
pub use options::{CorsProfile, Options, Seed};
pub use state::Tenant;
