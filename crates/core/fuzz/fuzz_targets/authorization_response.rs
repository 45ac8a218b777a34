#![no_main]
libfuzzer_sys::fuzz_target!(|input: &[u8]| exo365_core_fuzz::run("authorization_response", input));
