//! Tests of `aadsts.rs`.

use super::*;
use proptest::prelude::*;

#[test]
fn every_number_is_there_once_with_two_sentences() {
    for (at, entry) in CATALOGUE.iter().enumerate() {
        let twin = CATALOGUE
            .iter()
            .skip(at + 1)
            .find(|other| other.number == entry.number);
        assert!(twin.is_none(), "{} twice", entry.number);
        assert!(
            entry.cause.ends_with('.') && entry.remedy.ends_with('.'),
            "{}",
            entry.number
        );
    }
}

#[test]
fn the_telling_number_leads() {
    assert_eq!(numbers(&[70_002, 70_008], ""), [70_008, 70_002]);
    assert_eq!(
        numbers(&[], "AADSTS7000222: The provided keys are expired."),
        [7_000_222]
    );
    assert_eq!(
        numbers(&[1, 50_196], "AADSTS50196: loop AADSTS1"),
        [50_196, 1]
    );
    assert_eq!(numbers(&[], "no number: AADSTS and AADSTSx"), [0; 0]);
}

/// The numbers that are treated specially, with what each of them means for an app.
const SPECIAL: &[(Class, &[u32])] = &[
    (Class::Cancelled, &[65_004, 50_140]),
    (
        Class::Interaction,
        &[
            50_058, 50_072, 50_074, 50_076, 50_078, 50_079, 50_085, 50_089, 50_097, 50_129, 50_131,
            50_132, 50_133, 50_155, 50_158, 50_199, 70_043, 16_000,
        ],
    ),
    (
        Class::Device,
        &[53_000, 53_001, 53_002, 53_003, 53_004, 530_032, 50_105],
    ),
    (
        Class::Grant,
        // 50173 asks for the user as well, 70002 comes alone where a secret is wrong: see `BESIDE`.
        &[
            70_000,
            70_002,
            70_008,
            700_082,
            700_084,
            50_173,
            CODE_REUSED,
            LOOP,
        ],
    ),
    (
        Class::Consent,
        &[65_001, 650_052, 650_053, 650_056, 650_057, 65_005],
    ),
    (Class::AdminConsent, &[90_093, 90_094, 90_095]),
    (
        Class::Account,
        &[
            50_020, 50_034, 16_003, 51_004, 90_072, 500_202, 500_208, 50_194, 700_005, 90_002,
            9_002_331, 9_002_332,
        ],
    ),
    (Class::Password, &[50_126, 50_053, 50_055, 50_144, 50_057]),
    (
        Class::Configuration,
        &[
            50_011, 700_016, 70_001, 700_011, 70_011, 28_002, 28_003, 700_022, 900_144, 90_014,
            9_002_313, 9_001_023, 901_002, 501_481, 50_147, 90_023, 90_019,
        ],
    ),
    (
        Class::Client,
        &[7_000_215, 7_000_222, 7_000_218, 700_025, 700_027, 7_000_112],
    ),
    (Class::Platform, &[9_002_325, 9_002_326, 9_002_327]),
    (Class::Cloud, &[90_038, 90_043, 900_382, 900_432]),
    (
        Class::Transient,
        &[90_006, 90_012, 90_024, 90_033, 50_033, 50_087, 90_055],
    ),
];

#[test]
fn every_special_number_has_cause_remedy_and_its_class() {
    for (class, numbers) in SPECIAL {
        for number in *numbers {
            let entry = lookup(*number);
            let class_of = entry.map(|entry| entry.class);
            assert_eq!(class_of, Some(*class), "{number}");
            let told = entry.is_some_and(|entry| entry.cause.len() > 10 && entry.remedy.len() > 10);
            assert!(told, "{number}");
        }
    }
}

/// The rows of the facts' table, by how their titles begin, and what they are here.
const ROWS: &[(&str, &[Class])] = &[
    ("User cancelled", &[Class::Cancelled]),
    ("Needs interaction", &[Class::Interaction]),
    ("Conditional Access", &[Class::Device]),
    ("Grant dead", &[Class::Grant]),
    ("Consent", &[Class::Consent, Class::AdminConsent]),
    ("Wrong account", &[Class::Account]),
    ("Password", &[Class::Password]),
    ("App configuration", &[Class::Configuration]),
    ("Client credentials", &[Class::Client]),
    ("Platform type", &[Class::Platform]),
    ("Cloud", &[Class::Cloud]),
    ("Transient", &[Class::Transient]),
];
/// In a second row: 50173 counts as a dead grant before it counts as a wish to see the user. 70002 is the v1 endpoint's
/// general number, which comes beside that of a dead code, so that it cannot speak against the client.
const BESIDE: &[(&str, u32)] = &[
    ("Needs interaction", 50_173),
    ("Client credentials", 70_002),
];

/// Where the facts lie beside the project, the table above is all that they name. A clone has none: then it is skipped.
#[test]
fn the_special_numbers_are_those_of_the_facts() {
    let facts = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/facts/entra.md"
    );
    let Ok(facts) = std::fs::read_to_string(facts) else {
        std::println!("skipped: shared/facts/entra.md is not beside the project");
        return;
    };
    let (_, section) = facts.split_once("\n## 7 ").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let mut found = Vec::new();
    for row in section
        .lines()
        .filter(|line| line.starts_with("| "))
        .skip(1)
    {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        let known = ROWS.iter().find(|known| cells[1].starts_with(known.0));
        assert!(known.is_some(), "{} is no row here", cells[1]);
        let (title, classes) = known.unwrap();
        let runs = cells[2].split(|letter: char| !letter.is_ascii_digit());
        for number in runs.filter(|run| run.len() >= 5) {
            let number: u32 = number.parse().unwrap();
            found.push(number);
            let class = lookup(number).map(|entry| entry.class);
            let fits = class.is_some_and(|class| classes.contains(&class));
            assert!(
                fits || BESIDE.contains(&(*title, number)),
                "{number}: {class:?}"
            );
        }
    }
    let mut special: Vec<u32> = SPECIAL.iter().flat_map(|row| row.1).copied().collect();
    for all in [&mut found, &mut special] {
        all.sort_unstable();
        all.dedup();
    }
    assert_eq!(special, found);
}

proptest! {
    #[test]
    fn no_text_breaks_it(text in "(AADSTS[0-9]{0,12}|\\PC){0,20}") {
        prop_assert!(numbers(&[], &text).len() <= 16);
    }
}
