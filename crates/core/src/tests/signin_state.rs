//! Tests of `signin.rs`: the `state` of a sign-in.

use super::tests::{begun, config, pending};
use super::*;

#[test]
fn s39_our_states_are_told_from_those_of_others() {
    let config = config(Identity::V2);
    for options in ["{}", r#"{"mode":"popup"}"#, r#"{"adminConsent":true}"#] {
        let state = begun(&config, options).unwrap().state;
        assert!(is_own_state(&state), "{state}");
        for other in [
            &state[1..],
            &state[..44],
            &state[..43],
            &[&state, "A"].concat(),
            &state.replace('.', "-"),
            &state.replace(".", ".."),
        ] {
            assert!(!is_own_state(other), "{other}");
        }
    }
    let random = "A".repeat(43);
    for end in ["", ".", ".x", ".P", ".pp", "=.r"] {
        assert!(!is_own_state(&[random.as_str(), end].concat()), "{end}");
    }
    for other in [
        "",
        ".r",
        "CA",
        "\u{e9}",
        "0b5ad0a2-5b0c-4f2b-9d2e-1d2c3b4a5f60",
    ] {
        assert!(!is_own_state(other), "{other}");
    }
    assert!(!is_own_state(&[&"A".repeat(42), "+.r"].concat()));
    assert!(!is_own_state(&[&"A".repeat(41), "é.r"].concat()));
}

#[test]
fn a_popup_is_known_by_the_end_of_its_state() {
    let config = config(Identity::V2);
    let popup = begun(&config, r#"{"mode":"popup"}"#).unwrap();
    let redirect = begun(&config, r#"{"mode":"redirect"}"#).unwrap();
    assert_eq!(popup.state[..43], redirect.state[..43]);
    assert!(popup.state.ends_with(POPUP) && redirect.state.ends_with(REDIRECT));
    assert_eq!(pending(&popup).request.state, popup.state);
    assert!(!pending(&popup).request.consent);
}
