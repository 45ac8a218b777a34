//! `exo365-endpoint check`: the registration and the configuration, tried at the sign-in service.
//!
//! The probe redeems a code that was never issued. A service that accepts the client's credential
//! refuses the code; otherwise it refuses the client, with a number for the reason.

mod api;
mod application;
mod finding;
mod store;

pub use finding::{Finding, Verdict};

use crate::base::clock::Clock;
use crate::base::problem::Problem;
use crate::config::{Config, Credential};
use crate::upstream::authority;
use crate::upstream::metadata::MetadataCache;
use crate::upstream::tenants;
use crate::upstream::transport::Upstream;
use exo365_core::aadsts::{self, Class};
use exo365_core::error::{Code, Error};
use exo365_core::id_token::{SKEW, is_guid};
use exo365_core::token_reply::judge;
use exo365_core::wire::{ExchangeRequest, Flavor, Mode};
use exo365_core::{flavor, origin, retry};
use finding::{describe, finding, format_numbers};

/// AADSTS number for a malformed request or code, which only a known client gets.
const MALFORMED: u32 = 9_002_313;
const CLOUDS: [&str; 4] = ["global", "usgov", "usgov-dod", "china"];

/// Looks at the configuration and the shared store, and asks the sign-in service, and the API where the endpoint calls it. Whether the application itself gets
/// a token is tried where it can have one; with `application` it has to.
///
/// # Errors
/// [`Problem::Machine`] where TLS cannot be set up.
pub async fn check(
    config: &Config,
    clock: &Clock,
    application: bool,
) -> Result<Vec<Finding>, Problem> {
    let upstream = Upstream::new()?;
    let mut found = addresses(config);
    found.extend(clouds(config));
    found.extend(api::permissions(config));
    found.extend(store::store(config, clock).await?);
    if config.public.mode == Mode::Proxy {
        found.extend(api::paths(config));
        found.push(api::reach(config).await?);
    }
    found.extend(api::preload(config).await?);
    found.push(time(config, &upstream, clock).await);
    let keys = MetadataCache::new(clock.clone());
    match keys.metadata(&upstream, &config.public).await {
        Ok(_) => found.push(finding(
            Verdict::Good,
            format!(
                "{} is known, and its keys are there",
                config.public.authority
            ),
        )),
        Err(error) => {
            found.push(finding(Verdict::Wrong, describe(&error)));
            return Ok(found);
        }
    }
    for tenant in config.tenants.iter().filter(|name| !is_guid(name)) {
        found.push(match tenants::id(&upstream, config, tenant).await {
            Ok(id) => finding(Verdict::Good, format!("{tenant} is the tenant {id}")),
            Err(error) if error.code == Code::Misconfigured => finding(
                Verdict::Wrong,
                format!("{tenant} in `tenants` is no tenant's domain: nobody is admitted by it"),
            ),
            Err(error) => finding(Verdict::Wrong, format!("{tenant}: {}", describe(&error))),
        });
    }
    for which in 0..config.credential.count() {
        found.push(probe(config, &upstream, clock, which).await);
    }
    found.extend(application::token(config, clock, application).await?);
    Ok(found)
}

fn addresses(config: &Config) -> Vec<Finding> {
    let uris = config.public.redirect_uris.iter();
    uris.map(|uri| {
        let own = origin::of(uri);
        let mut known = config.origins.iter().chain(&config.cross_origins);
        if !known.any(|known| known == own) {
            let text =
                format!("the page at {uri} may not call the endpoint: add {own} to `origins`");
            finding(Verdict::Wrong, text)
        } else if uri.starts_with("https://") {
            finding(
                Verdict::Good,
                format!("{uri} is https, and its origin may call"),
            )
        } else {
            let text = format!("{uri} is plain http: for development only, users need https");
            finding(Verdict::Note, text)
        }
    })
    .collect()
}

/// Sign-in service and API have to be of one cloud.
pub(crate) fn clouds(config: &Config) -> Option<Finding> {
    let hosts = &config.public.cloud;
    let named = |fits: &dyn Fn(&str) -> bool| -> Vec<&str> {
        CLOUDS.into_iter().filter(|name| fits(name)).collect()
    };
    let login = named(&|name| {
        flavor::cloud(name, config.public.api).is_some_and(|cloud| cloud.login == hosts.login)
    });
    let api = named(&|name| {
        let flavors = [Flavor::Graph, Flavor::OutlookV2, Flavor::OutlookV1];
        let mut clouds = flavors.iter().filter_map(|one| flavor::cloud(name, *one));
        clouds.any(|cloud| cloud.api == hosts.api)
    });
    let (Some(one), Some(other)) = (login.first(), api.first()) else {
        return None;
    };
    if login.iter().any(|name| api.contains(name)) {
        let text = format!("{} and {} are of one cloud", hosts.login, hosts.api);
        return Some(finding(Verdict::Good, text));
    }
    Some(finding(
        Verdict::Wrong,
        format!(
            "{} is of the cloud \"{one}\" and {} of \"{other}\": take `login` and `api_origin` out, and set `cloud` \
             to the one that holds the organisation",
            hosts.login, hosts.api
        ),
    ))
}

/// The machine's clock against the service's.
async fn time(config: &Config, upstream: &Upstream, clock: &Clock) -> Finding {
    let reply = match upstream
        .get(&authority::discovery_url(&config.public))
        .await
    {
        Ok(reply) => reply,
        Err(error) => return finding(Verdict::Wrong, describe(&error)),
    };
    let date = reply.date.as_deref().and_then(|date| retry::after(date, 0));
    let Some(theirs) = date.map(u64::from) else {
        let text = "the sign-in service does not tell the time: the clock was not checked";
        return finding(Verdict::Note, text);
    };
    let ours = clock.now();
    let off = ours.abs_diff(theirs);
    if off <= SKEW {
        return finding(
            Verdict::Good,
            format!("the clock is right, to {off} seconds"),
        );
    }
    let way = if ours > theirs { "ahead" } else { "behind" };
    finding(
        Verdict::Wrong,
        format!(
            "this machine's clock is {off} seconds {way}: ID tokens and assertions are refused from {SKEW} seconds on; \
             synchronise it (NTP)"
        ),
    )
}

async fn probe(config: &Config, upstream: &Upstream, clock: &Clock, which: usize) -> Finding {
    let name = name(config, which);
    match refusal(config, upstream, clock, which).await {
        Ok(error) => judged(&name, &error),
        Err(error) => finding(Verdict::Wrong, format!("{name}: {}", describe(&error))),
    }
}

fn name(config: &Config, which: usize) -> String {
    match (&config.credential, config.credential.count(), which) {
        (Credential::Certificate(..), ..) => "the certificate".into(),
        (_, 1, _) => "the client secret".into(),
        (_, _, 0) => "the first client secret".into(),
        _ => "the second client secret".into(),
    }
}

/// What the service says to a code that nobody was given.
async fn refusal(
    config: &Config,
    upstream: &Upstream,
    clock: &Clock,
    which: usize,
) -> Result<Error, Error> {
    let request = ExchangeRequest {
        code: "exo365-endpoint-check".into(),
        code_verifier: "exo365-endpoint-check-exo365-endpoint-check".into(),
        nonce: String::new(),
        redirect_uri: config
            .public
            .redirect_uris
            .first()
            .cloned()
            .unwrap_or_default(),
        resource: None,
        iss: None,
        max_age: None,
        account: None,
    };
    let now = clock.now();
    let mut form = authority::proof(&config.public, &config.credential, which, now)?;
    let audience = authority::default_audience(config);
    form.extend(authority::code_form(config, &request, &audience));
    let fields: Vec<(&str, &str)> = form
        .iter()
        .map(|(name, value)| (*name, value.as_ref()))
        .collect();
    let reply = upstream
        .post(&authority::token_url(&config.public), &fields)
        .await?;
    match judge(reply.head(), &reply.body, now) {
        Err(refusal) => Ok(refusal.error),
        Ok(_) => Err(Error::new(
            Code::InvalidResponse,
            "the sign-in service gave tokens for a code that it never issued",
        )),
    }
}

fn judged(name: &str, error: &Error) -> Finding {
    let numbers = error.detail.as_ref().map(|detail| detail.aadsts.as_slice());
    let numbers = numbers.unwrap_or_default();
    let of_the_code = |number: &u32| {
        let class = aadsts::lookup(*number).map(|entry| entry.class);
        *number == MALFORMED || class.is_none_or(|class| class == Class::Grant)
    };
    let reached = error.code == Code::InteractionRequired || numbers.contains(&MALFORMED);
    if reached && numbers.iter().all(of_the_code) {
        return finding(
            Verdict::Good,
            format!("{name} is accepted, and the client is known"),
        );
    }
    let numbers = format_numbers(numbers);
    finding(
        Verdict::Wrong,
        format!("{name}: {}{numbers}", describe(error)),
    )
}
