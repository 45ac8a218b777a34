#![no_main]
libfuzzer_sys::fuzz_target!(|input: &[u8]| exo365_tenant_fuzz::run("seed", input));
