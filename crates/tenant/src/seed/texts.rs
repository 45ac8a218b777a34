//! Names, subjects and sentences of the seed.

/// People inside and outside the organisation: name and address.
pub(super) const PEOPLE: [(&str, &str); 25] = [
    ("Ben Walker", "ben@contoso.example"),
    ("Adele Vance", "adele@contoso.example"),
    ("Contoso Administrator", "admin@contoso.example"),
    ("Carla Lind", "carla@contoso.example"),
    ("Diego Siciliani", "diego@contoso.example"),
    ("Enrico Cattaneo", "enrico@contoso.example"),
    ("Grady Archie", "grady@contoso.example"),
    ("Henrietta Mueller", "henrietta@contoso.example"),
    ("Isaiah Langer", "isaiah@contoso.example"),
    ("Johanna Lorenz", "johanna@contoso.example"),
    ("Lidia Holloway", "lidia@contoso.example"),
    ("Lynne Robbins", "lynne@contoso.example"),
    ("Nadia Nazari", "nadia@fabrikam.example"),
    ("Oskar Berg", "oskar@fabrikam.example"),
    ("Pradeep Gupta", "pradeep@fabrikam.example"),
    ("Queenie Zhao", "queenie@fabrikam.example"),
    ("Raúl Núñez", "raul@fabrikam.example"),
    ("Søren Ågaard", "soren@fabrikam.example"),
    ("Tomoko Hayashi", "tomoko@litware.example"),
    ("Uma Krishnan", "uma@litware.example"),
    ("Viktor Dvořák", "viktor@litware.example"),
    ("Wanjiru Mwangi", "wanjiru@litware.example"),
    ("Xavier Blanc", "xavier@litware.example"),
    ("Yasmin O'Brien", "yasmin@litware.example"),
    ("Newsletter", "news@litware.example"),
];

/// The name that goes with an address.
pub(super) fn name_of(address: &str) -> &str {
    let found = PEOPLE.iter().find(|(_, known)| *known == address);
    found.map_or(address, |(name, _)| *name)
}

/// Job titles.
pub(super) const TITLES: [&str; 8] = [
    "Buyer",
    "Engineer",
    "Head of sales",
    "Designer",
    "Accountant",
    "Consultant",
    "Project manager",
    "Editor",
];

/// Subjects. `{}` is replaced by a topic.
pub(super) const SUBJECTS: [&str; 16] = [
    "{}: next steps",
    "Draft of the {}",
    "Question about the {}",
    "{} for review",
    "Minutes: {}",
    "Lunch on Friday?",
    "Your order has shipped",
    "Invoice for the {} is due",
    "Welcome to the team",
    "Reminder: {} is due tomorrow",
    "Travel plans for the {}",
    "Offer from Fabrikam",
    "Holiday calendar",
    "Feedback on the {}",
    "Access to the {}",
    "Weekly digest",
];

/// Topics of subjects and sentences.
pub(super) const TOPICS: [&str; 14] = [
    "quarterly figures",
    "website relaunch",
    "budget",
    "Aurora project",
    "supplier contract",
    "autumn campaign",
    "customer survey",
    "warehouse move",
    "security review",
    "hiring plan",
    "price list",
    "trade fair",
    "onboarding guide",
    "release notes",
];

/// Sentences. `{}` is replaced by a topic.
pub(super) const SENTENCES: [&str; 14] = [
    "Thank you for the quick answer on the {}.",
    "I have put the latest version of the {} in the shared folder.",
    "Could you look at it before Thursday and tell me what is missing?",
    "The numbers moved a little since our last talk, mostly because of the {}.",
    "Nadia asked whether we can bring the {} forward by a week.",
    "I would rather wait until the {} is signed.",
    "Let us settle the open points in the meeting on Monday.",
    "There is a room booked from two to three.",
    "Attached you find the table with all the details.",
    "If nobody objects I will send the {} out tonight.",
    "Two things are still unclear to me: the scope and the date.",
    "The team did a great job with the {}, please pass that on.",
    "Costs are about 4 % below plan.",
    "Call me when you have five minutes.",
];

/// Categories with their colours.
pub(super) const CATEGORIES: [(&str, &str); 6] = [
    ("Red category", "preset0"),
    ("Green category", "preset4"),
    ("Blue category", "preset7"),
    ("Travel", "preset1"),
    ("Suppliers", "preset9"),
    ("Private", "preset14"),
];
