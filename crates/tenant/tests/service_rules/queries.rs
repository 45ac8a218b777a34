//! Queries: filters, searches, tokens of lists, preferences, ids.

use crate::support::{BEN, GRAPH, Local};
use crate::{graph, no, refused};

#[tokio::test]
async fn t06_filters_of_contacts_are_eq_and_startswith() {
    let caller = graph().await;
    for (filter, fits) in [
        ("surname eq 'Berg'", true),
        ("startswith(displayName,'O')", true),
        ("surname eq 'Berg' or startswith(displayName,'T')", true),
        (
            "emailAddresses/any(a:a/address eq 'oskar@fabrikam.example')",
            true,
        ),
        ("surname ne 'Berg'", false),
        ("contains(displayName,'O')", false),
        ("endswith(displayName,'O')", false),
        ("displayName gt 'O'", false),
        ("not startswith(displayName,'O')", false),
    ] {
        let wanted = if fits {
            no(200, "")
        } else {
            no(400, "ErrorInvalidUrlQueryFilter")
        };
        for path in ["/contacts", "/contacts/$count"] {
            let answer = caller
                .call("GET", &format!("{path}?$filter={filter}"), &[], None)
                .await;
            assert_eq!((answer.status, answer.code()), wanted, "{path} {filter}");
        }
    }
}

#[tokio::test]
async fn t07_m27_m28_queries_are_typed() {
    let caller = graph().await;
    for (path, status) in [
        ("/messages?$search=subject:budget", 400),
        ("/messages?$search=\"subject:budget\"", 200),
        ("/messages?$search=budget", 200),
        ("/messages?$search=two words", 200),
        (
            "/messages?$filter=receivedDateTime ge '2026-01-01T00:00:00Z'",
            400,
        ),
        (
            "/messages?$filter=receivedDateTime ge 2026-01-01T00:00:00Z",
            200,
        ),
        ("/messages?$filter=subject eq 2026-01-01T00:00:00Z", 400),
        ("/messages?$filter=isRead eq 'true'", 400),
        ("/messages?$filter=isRead eq true", 200),
        (
            "/events?$filter=start/dateTime ge '2026-01-01T00:00:00'",
            200,
        ),
        (
            "/events?$filter=start/dateTime ge 2026-01-01T00:00:00Z",
            400,
        ),
        ("/messages?$expand=foo", 400),
        ("/messages?$expand=subject", 400),
        ("/messages?$expand=attachments($select=name,size)", 200),
        ("/events?$expand=foo", 400),
        ("/contacts?$expand=foo", 400),
        ("/mailFolders?$expand=childFolders", 200),
    ] {
        assert_eq!(refused(&caller, path).await.0, status, "{path}");
    }
    let ignored = caller.get("/messages?$search=two words&$top=3").await;
    let newest = caller.get("/messages?$top=3").await;
    assert_eq!(ignored["value"], newest["value"], "the search is ignored");
}

#[tokio::test]
async fn m26_a_search_takes_no_order_and_no_filter() {
    let caller = graph().await;
    let path = "/messages?$search=\"budget\"&$orderby=subject";
    assert_eq!(refused(&caller, path).await, no(400, "SearchWithOrderBy"));
    let path = "/messages?$search=\"budget\"&$filter=isRead eq true";
    assert_eq!(refused(&caller, path).await, no(400, "SearchWithFilter"));
}

#[tokio::test]
async fn m13_m14_tokens_that_are_malformed_and_of_another_collection() {
    let caller = graph().await;
    let malformed = no(400, "BadRequest");
    assert_eq!(
        refused(&caller, "/mailFolders/inbox/messages/delta?$deltatoken=xyz").await,
        malformed
    );
    assert_eq!(
        refused(&caller, "/contacts/delta?$skiptoken=xyz").await,
        malformed
    );
    let (_, _, last) = caller
        .all(
            "/mailFolders/inbox/messages/delta",
            &[("prefer", "odata.maxpagesize=500")],
        )
        .await;
    let token = last["@odata.deltaLink"]
        .as_str()
        .unwrap()
        .split('=')
        .nth(1)
        .unwrap()
        .to_owned();
    let path = format!("/mailFolders/drafts/messages/delta?$deltatoken={token}");
    assert_eq!(refused(&caller, &path).await, no(410, "SyncStateNotFound"));
}

#[tokio::test]
async fn m19_m35_preferences_and_ids() {
    let local = Local::default();
    let caller = local.app(GRAPH).await;
    let prefer = [("prefer", "odata.maxpagesize=3")];
    let answer = caller.call("GET", "/messages", &prefer, None).await;
    assert_eq!(
        (
            answer.json()["value"].as_array().unwrap().len(),
            answer.header("preference-applied")
        ),
        (3, "")
    );
    let id = answer.json()["value"][0]["id"].as_str().unwrap().to_owned();
    let ben = caller.at(&format!("users/{BEN}"));
    assert_eq!(
        refused(&ben, &format!("/messages/{id}")).await,
        no(400, "ErrorInvalidIdMalformed")
    );
}

#[tokio::test]
async fn t16_a_filter_of_many_terms_is_answered() {
    let caller = graph().await;
    let terms = vec!["isRead"; 3_000].join(" or ");
    assert_eq!(
        refused(&caller, &format!("/messages?$filter={terms}"))
            .await
            .0,
        200
    );
    let terms = vec!["isRead"; 3_000].join(" and ");
    assert_eq!(
        refused(&caller, &format!("/messages?$filter={terms}&$count=true"))
            .await
            .0,
        200
    );
}

/// Sisters of t07: other queries that the service refuses.
#[tokio::test]
async fn t07_values_of_no_enum_orders_by_no_value_and_options_that_are_none_are_refused() {
    let caller = graph().await;
    for query in [
        "/messages?$filter=importance eq 'urgent'",
        "/messages?$filter=flag/flagStatus eq 'red'",
        "/events?$filter=showAs eq 'there'",
        "/messages?$orderby=body",
        "/messages?$orderby=toRecipients",
        "/events?$orderby=attendees",
        "/messages?$count=maybe",
        "/messages?$top=1&$top=2",
        "/events?$select=id&$SELECT=subject",
        "/contacts?$foo=1",
    ] {
        let found = refused(&caller, query).await;
        assert_eq!(found, no(400, "RequestBroker--ParseUri"), "{query}");
    }
    for query in [
        "/messages?$filter=importance eq 'High'",
        "/messages?$orderby=importance desc",
        "/messages?$orderby=from/emailAddress/address",
        "/events?$orderby=start/dateTime",
        "/messages?$count=TRUE&foo=1",
    ] {
        assert_eq!(refused(&caller, query).await.0, 200, "{query}");
    }
}
