//! Calls: how they go out, what of them comes back.

use super::support::*;

#[wasm_bindgen_test]
async fn s16_s17_a_call_goes_out_as_it_should_and_its_body_comes_back_untouched() {
    let network = Stub::new();
    let core = own_tokens("return 'a-token'").await;
    network.answer(200, PAGE, "{}");
    let page = settled(list(&core, r#"{"select":["subject"],"top":5}"#, None))
        .await
        .unwrap();
    assert_eq!(json(&page), json(&JSON::parse(PAGE).unwrap()));
    assert_eq!(network.method(0), "GET");
    assert_eq!(
        network.url(0),
        "https://graph.microsoft.com/v1.0/me/messages?$select=subject&$top=5"
    );
    assert_eq!(
        network.header(0, "authorization").unwrap(),
        "Bearer a-token"
    );
    assert_eq!(
        network.header(0, "return-client-request-id").unwrap(),
        "true"
    );
    assert_eq!(
        network.header(0, "prefer").unwrap(),
        "IdType=\"ImmutableId\""
    );
    assert_eq!(network.mode(0), "omit manual default no-referrer");
    network.answer(200, PAGE, "{}");
    settled(list(&core, "{}", None)).await.unwrap();
    let ids = [0, 1].map(|at| network.header(at, "client-request-id").unwrap());
    assert!(ids[0] != ids[1] && ids.iter().all(|id| id.len() == 36));
}

#[wasm_bindgen_test]
async fn a_body_goes_out_as_it_is_with_the_headers_that_were_asked_for() {
    let network = Stub::new();
    let core = own_tokens("return 'a-token'").await;
    for (at, headers, wanted) in [
        (
            0,
            r#"{"content-type":"application/json"}"#,
            "application/json",
        ),
        (1, "{}", "text/plain;charset=UTF-8"),
    ] {
        network.answer(202, "", "{}");
        let asked =
            format!(r#"["POST",null,"sendMail",[],{{"headers":{headers}}},["signal","headers"]]"#);
        let body = r#"{"subject":"Grüße","unknown":[1.25,null]}"#;
        let sent = settled(core.call(&asked, None, &body.into())).await;
        assert!(sent.unwrap().is_undefined(), "202 has no body");
        assert_eq!(network.header(at, "content-type").unwrap(), wanted);
        let text = settled(network.text(at)).await.unwrap();
        assert_eq!(text.as_string().unwrap(), body);
    }
    let refused = core.call(
        r#"["GET",null,"messages",[],{},["signal"]]"#,
        None,
        &"x".into(),
    );
    assert_eq!(
        text(&error(settled(refused).await), "code"),
        "invalid_argument"
    );
    assert_eq!(network.count(), 2);
}

#[wasm_bindgen_test]
async fn an_answer_to_an_item_of_a_batch_is_judged_as_one_of_its_own() {
    let _network = Stub::new();
    let core = own_tokens("return 'a-token'").await;
    let item = core.item(r#"["GET",null,"messages/{}",["a/b"],{"timeZone":"UTC"},["timeZone"]]"#);
    assert_eq!(
        item.unwrap(),
        r#"{"method":"GET","url":"/me/messages/a%2Fb","headers":{"prefer":"outlook.timezone=\"UTC\", IdType=\"ImmutableId\""}}"#
    );
    assert!(
        core.item(r#"["GET",null,"messages/{}",[""],{},["x"]]"#)
            .is_err()
    );
    let body = r#"{\"error\":{\"code\":\"ApplicationThrottled\",\"message\":\"Too many.\"}}"#;
    let judged = core.judge(&format!(
        r#"[429,{{"Retry-After":"7"}},"{body}","GET","/me",false,false,0,0,null]"#
    ));
    let error = error(Err(judged.get(0)));
    assert_eq!(text(&error, "code"), "throttled");
    assert_eq!(text(&error, "serviceCode"), "ApplicationThrottled");
    assert_eq!(field(&error, "retryAfterSeconds").as_f64(), Some(7.0));
    let odd = core.judge(r#"[7,null,"","GET","/me",false,false,0,0,null]"#);
    assert_eq!(text(&odd.get(0), "code"), "invalid_response");
    assert!(odd.get(1).is_undefined());
}

#[wasm_bindgen_test]
async fn an_item_of_a_batch_waits_as_a_call_of_its_own_does() {
    let _network = Stub::new();
    drawn(255);
    let core = own_tokens("return 'a-token'").await;
    let wait = |answer: &str, method: &str, repeats: u32| {
        let judged = core.judge(&format!(
            r#"[{answer},"","{method}","/me/x",false,false,{repeats},0,null]"#
        ));
        assert_eq!(judged.length(), 3);
        judged.get(1).as_f64()
    };
    let named = r#"429,{"Retry-After":"7"}"#;
    assert_eq!(wait(named, "POST", 0), Some(7255.0));
    let down = "503,{}";
    assert_eq!(wait(down, "GET", 2), Some(2000.0));
    assert_eq!(wait(down, "GET", 3), None, "`retries` is 3");
    assert_eq!(wait(down, "GET", 0), Some(500.0));
    assert_eq!(wait(down, "POST", 0), None, "it may have taken effect");
    let unknown = "501,{}";
    assert_eq!(wait(unknown, "GET", 0), None);
    let tomorrow = r#"429,{"Retry-After":"86400"}"#;
    assert_eq!(wait(tomorrow, "GET", 0), None);
    as_usual();
}

#[wasm_bindgen_test]
async fn an_item_of_a_batch_that_succeeded_ends_the_rests_of_its_mailbox() {
    let _network = Stub::new();
    drawn(0);
    let core = own_tokens("return 'a-token'").await;
    let refused = || {
        core.judge(r#"[429,{"Retry-After":"0"},"","GET","/me/x",false,false,0,0,null]"#)
            .get(1)
            .as_f64()
    };
    let three = [refused(), refused(), refused()];
    assert_eq!((three, refused()), ([Some(0.0); 3], None), "`retries` is 3");
    let done = core.judge(r#"[200,{},"","GET","/me/x",false,false,0,0,null]"#);
    assert_eq!((done.length(), refused()), (0, Some(0.0)));
    as_usual();
}

#[wasm_bindgen_test]
async fn e29_in_proxy_mode_calls_go_to_the_endpoint_with_its_header_and_without_a_token() {
    let network = Stub::new();
    let proxied = SESSION
        .replace(r#""mode":"direct""#, r#""mode":"proxy""#)
        .replace(
            r#","accessToken":"first-token-of-the-session","expiresIn":3600"#,
            "",
        );
    let core = with_session(&network, &proxied, None).await;
    network.answer(200, PAGE, "{}");
    settled(list(&core, "{}", None)).await.unwrap();
    assert!(network.url(1).ends_with("/auth/proxy/v1.0/me/messages"));
    assert_eq!(network.header(1, "x-exo365").unwrap(), "1");
    assert_eq!(network.header(1, "authorization"), None);
    assert_eq!(
        network.mode(1),
        "same-origin manual default no-referrer",
        "with the cookie of the session"
    );
    // What the API refuses is not what the endpoint refuses, though both are a 401.
    network.answer(
        401,
        r#"{"error":{"code":"InvalidAuthenticationToken"}}"#,
        "{}",
    );
    let refused = error(settled(list(&core, "{}", None)).await);
    assert_eq!(text(&refused, "code"), "interaction_required");
    assert_eq!(network.count(), 3, "the endpoint has renewed already");
    let token = error(settled(core.token("{}")).await);
    assert_eq!(text(&token, "code"), "misconfigured");
    network.answer(
        401,
        r#"{"error":{"code":"signed_out","message":"the session is over"}}"#,
        r#"{"x-exo365":"1"}"#,
    );
    let over = error(settled(list(&core, "{}", None)).await);
    assert_eq!(text(&over, "code"), "signed_out");
    assert!(core.account().is_null());
}

#[wasm_bindgen_test]
async fn s15_a_piece_of_an_upload_goes_elsewhere_without_token_and_id() {
    let network = Stub::new();
    let core = own_tokens("return 'a-token'").await;
    let put = |url: &str| {
        let options =
            serde_json::json!({ "bare": true, "headers": { "content-range": "bytes 0-0/2" } });
        let asked = serde_json::json!(["PUT", null, url, null, options, ["bare", "headers"]]);
        core.call(&asked.to_string(), None, &"x".into())
    };
    network.answer(200, r#"{"NextExpectedRanges":["1"]}"#, "{}");
    let answer = settled(put("https://outlook.office.com/upload?authtoken=x")).await;
    assert!(
        answer.unwrap().is_instance_of::<web_sys::Response>(),
        "not read"
    );
    assert_eq!(network.header(0, "content-range").unwrap(), "bytes 0-0/2");
    for name in ["authorization", "client-request-id", "prefer"] {
        assert_eq!(network.header(0, name), None, "{name}");
    }
    network.answer(416, "{}", "{}");
    let refused = error(settled(put("https://outlook.office.com/upload")).await);
    assert_eq!(field(&refused, "status").as_f64(), Some(416.0));
    for evil in ["http://evil.example/x", "https://a@evil.example/", "/me"] {
        let refused = error(settled(put(evil)).await);
        assert_eq!(text(&refused, "code"), "untrusted_host", "{evil}");
    }
    assert_eq!(network.count(), 2);
}

#[wasm_bindgen_test]
async fn options_are_refused_by_name_before_anything_is_sent() {
    let network = Stub::new();
    let core = own_tokens("return 'a-token'").await;
    for (options, said) in [
        (r#"{"slect":["a"]}"#, "slect"),
        (r#"{"top":"fifty"}"#, "top"),
        (r#"{"top":70000}"#, "top"),
        (r#"{"headers":{"a":1}}"#, "headers"),
    ] {
        let error = error(settled(list(&core, options, None)).await);
        assert_eq!(text(&error, "code"), "invalid_argument", "{options}");
        assert!(text(&error, "message").contains(said), "{options}");
    }
    let header = error(settled(list(&core, r#"{"headers":{"no header":"x"}}"#, None)).await);
    assert_eq!(text(&header, "code"), "invalid_argument");
    assert_eq!(network.count(), 0);
    let both = exo365::Core::open(ENDPOINT.into(), Some(Function::new_no_args("")), None, None);
    assert_eq!(
        text(&error(settled(both).await), "code"),
        "invalid_argument"
    );
}

#[wasm_bindgen_test]
async fn a_410_is_asked_again_past_the_cache_and_then_believed() {
    let network = Stub::new();
    let core = own_tokens("return 'a-token'").await;
    network.answer(
        410,
        r#"{"error":{"code":"SyncStateNotFound","message":"old"}}"#,
        "{}",
    );
    network.answer(200, PAGE, "{}");
    settled(list(&core, "{}", None)).await.unwrap();
    let modes = [0, 1].map(|at| network.mode(at));
    assert_eq!(modes[0], "omit manual default no-referrer");
    assert_eq!(modes[1], "omit manual reload no-referrer");
    for _ in 0..2 {
        network.answer(410, "{}", "{}");
    }
    let error = error(settled(list(&core, "{}", None)).await);
    assert_eq!(text(&error, "code"), "gone");
    assert_eq!(network.count(), 4);
}

#[wasm_bindgen_test]
async fn an_answer_without_a_body_is_none_whatever_its_status() {
    let network = Stub::new();
    let core = own_tokens("return 'a-token'").await;
    for status in [200, 201, 202, 204] {
        network.answer(status, "", "{}");
        let promise = core.call(SEND, None, &JsValue::UNDEFINED);
        assert!(settled(promise).await.unwrap().is_undefined(), "{status}");
    }
}
