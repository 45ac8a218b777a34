//! Tests of `json.rs`.

use super::*;
use alloc::vec;
use proptest::prelude::*;

#[test]
fn numbers_read_the_same_with_and_without_arbitrary_precision() {
    let number = |digits: &str| {
        let text = alloc::format!(r#"{{"$serde_json::private::Number":"{digits}"}}"#);
        (Json::parse(&text).unwrap(), Json::parse(digits).unwrap())
    };
    for digits in ["0", "3599", "1790000000", "-5", "1.5", "1e3"] {
        let (kept, read) = number(digits);
        assert_eq!(kept, read, "{digits}");
    }
}

#[test]
fn what_is_no_json_is_none() {
    assert_eq!(Json::parse("<html>"), None);
    assert_eq!(Json::parse(&"[".repeat(100_000)), None, "depth is bounded");
}

proptest! {
    #[test]
    fn texts_come_back_as_they_were(text in "\\PC{0,40}", control in "[\\x00-\\x1f\"\\\\]{0,10}") {
        let text = [text, control].concat();
        let written = Writer::new().text("a", &text).texts("b", core::slice::from_ref(&text)).number("c", 7).optional_text("d", None).finish();
        let read = Json::parse(&written).unwrap();
        prop_assert_eq!(read.get("a").text(), Some(text.clone()));
        prop_assert_eq!(read.get("b").texts(), Some(vec![text]));
        prop_assert_eq!(read.get("c").number(), Some(7));
        prop_assert_eq!(read.get("d"), &Json::Null);
    }

    #[test]
    fn no_text_breaks_it(text in "\\PC{0,80}") {
        let _ = Json::parse(&text);
    }
}
