//! What stays in the memory of the module.

use super::support::*;

#[wasm_bindgen_test]
async fn s34_what_is_freed_is_overwritten() {
    let network = Stub::new();
    network.answer_with_secret(&SESSION.replace("first-token-of-the-session", "{secret}"));
    let opened = exo365::Core::open(ENDPOINT.into(), None, None, None);
    let core: Core = settled(opened).await.unwrap().unchecked_into();
    for _ in 0..2 {
        network.answer(200, PAGE, "{}");
        settled(list(&core, "{}", None)).await.unwrap();
    }
    assert!(network.sent_secret(2));
    assert!(holds_secret(&wasm_bindgen::memory()));
    core.forget();
    assert!(!holds_secret(&wasm_bindgen::memory()));
}
