//! The data file, and what is in the seeded mailboxes.

use exo365_tenant::{Options, Tenant};
use serde_json::json;

use crate::support::{GRAPH, Local};
use crate::{graph, refused};

#[tokio::test]
async fn t17_what_is_acknowledged_is_in_the_data_file() {
    let dir = std::env::temp_dir().join(format!("exo365-tenant-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let file = dir.join("data.json");
    let options = Options {
        data: Some(file.clone()),
        ..Options::default()
    };
    let caller = Local::with(options).app(GRAPH).await;
    let writes = (0..8).map(|at| {
        let caller = caller.clone();
        tokio::spawn(async move {
            caller
                .done(
                    "POST",
                    "/messages",
                    json!({"subject": format!("kept {at}")}),
                )
                .await
        })
    });
    let mut ids = Vec::new();
    for write in writes.collect::<Vec<_>>() {
        ids.push(write.await.unwrap()["id"].as_str().unwrap().to_owned());
        // The process could end here: the file has every acknowledged message.
        let copy = dir.join("copy.json");
        std::fs::copy(&file, &copy).unwrap();
        let kept = Options {
            data: Some(copy),
            ..Options::default()
        };
        let again = Local::of(&Tenant::new(kept).unwrap()).app(GRAPH).await;
        for id in &ids {
            assert_eq!(refused(&again, &format!("/messages/{id}")).await.0, 200);
        }
    }
    std::fs::remove_dir_all(&dir).unwrap();
}

#[tokio::test]
async fn t18_pictures_in_seeded_mail_can_be_seen() {
    let caller = graph().await;
    let page = caller
        .get("/messages?$top=200&$filter=hasAttachments eq true&$expand=attachments")
        .await;
    let mut pictures = 0;
    for message in page["value"].as_array().unwrap() {
        for one in message["attachments"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|one| one["contentType"] == "image/png")
        {
            // The header of a PNG has width and height in bytes 16 to 23.
            use base64::Engine as _;
            let bytes = base64::engine::general_purpose::STANDARD
                .decode(one["contentBytes"].as_str().unwrap())
                .unwrap();
            assert!(bytes[19] >= 16 && bytes[23] >= 16, "at least 16 x 16");
            pictures += 1;
        }
    }
    assert!(pictures > 0);
}
