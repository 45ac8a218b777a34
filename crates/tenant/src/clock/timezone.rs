//! Time zones by Windows name or IANA name.

use chrono::offset::LocalResult;
use chrono::{DateTime, NaiveDateTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;

/// Windows names of time zones.
pub(crate) const WINDOWS: [(&str, Tz); 64] = [
    ("UTC", Tz::UTC),
    ("GMT Standard Time", Tz::Europe__London),
    ("Greenwich Standard Time", Tz::Atlantic__Reykjavik),
    ("W. Europe Standard Time", Tz::Europe__Berlin),
    ("Central Europe Standard Time", Tz::Europe__Budapest),
    ("Romance Standard Time", Tz::Europe__Paris),
    ("Central European Standard Time", Tz::Europe__Warsaw),
    ("W. Central Africa Standard Time", Tz::Africa__Lagos),
    ("Morocco Standard Time", Tz::Africa__Casablanca),
    ("E. Europe Standard Time", Tz::Europe__Chisinau),
    ("GTB Standard Time", Tz::Europe__Bucharest),
    ("FLE Standard Time", Tz::Europe__Kiev),
    ("Egypt Standard Time", Tz::Africa__Cairo),
    ("South Africa Standard Time", Tz::Africa__Johannesburg),
    ("Israel Standard Time", Tz::Asia__Jerusalem),
    ("Turkey Standard Time", Tz::Europe__Istanbul),
    ("Russian Standard Time", Tz::Europe__Moscow),
    ("Arab Standard Time", Tz::Asia__Riyadh),
    ("Arabic Standard Time", Tz::Asia__Baghdad),
    ("E. Africa Standard Time", Tz::Africa__Nairobi),
    ("Iran Standard Time", Tz::Asia__Tehran),
    ("Arabian Standard Time", Tz::Asia__Dubai),
    ("Azerbaijan Standard Time", Tz::Asia__Baku),
    ("Georgian Standard Time", Tz::Asia__Tbilisi),
    ("Afghanistan Standard Time", Tz::Asia__Kabul),
    ("West Asia Standard Time", Tz::Asia__Tashkent),
    ("Pakistan Standard Time", Tz::Asia__Karachi),
    ("India Standard Time", Tz::Asia__Kolkata),
    ("Sri Lanka Standard Time", Tz::Asia__Colombo),
    ("Nepal Standard Time", Tz::Asia__Kathmandu),
    ("Central Asia Standard Time", Tz::Asia__Almaty),
    ("Bangladesh Standard Time", Tz::Asia__Dhaka),
    ("Myanmar Standard Time", Tz::Asia__Yangon),
    ("SE Asia Standard Time", Tz::Asia__Bangkok),
    ("China Standard Time", Tz::Asia__Shanghai),
    ("Singapore Standard Time", Tz::Asia__Singapore),
    ("Taipei Standard Time", Tz::Asia__Taipei),
    ("W. Australia Standard Time", Tz::Australia__Perth),
    ("Tokyo Standard Time", Tz::Asia__Tokyo),
    ("Korea Standard Time", Tz::Asia__Seoul),
    ("Cen. Australia Standard Time", Tz::Australia__Adelaide),
    ("AUS Central Standard Time", Tz::Australia__Darwin),
    ("E. Australia Standard Time", Tz::Australia__Brisbane),
    ("AUS Eastern Standard Time", Tz::Australia__Sydney),
    ("Tasmania Standard Time", Tz::Australia__Hobart),
    ("New Zealand Standard Time", Tz::Pacific__Auckland),
    ("Fiji Standard Time", Tz::Pacific__Fiji),
    ("Azores Standard Time", Tz::Atlantic__Azores),
    ("Cape Verde Standard Time", Tz::Atlantic__Cape_Verde),
    (
        "Argentina Standard Time",
        Tz::America__Argentina__Buenos_Aires,
    ),
    ("E. South America Standard Time", Tz::America__Sao_Paulo),
    ("Greenland Standard Time", Tz::America__Godthab),
    ("Newfoundland Standard Time", Tz::America__St_Johns),
    ("Atlantic Standard Time", Tz::America__Halifax),
    ("SA Western Standard Time", Tz::America__La_Paz),
    ("Pacific SA Standard Time", Tz::America__Santiago),
    ("Eastern Standard Time", Tz::America__New_York),
    ("SA Pacific Standard Time", Tz::America__Bogota),
    ("Central Standard Time", Tz::America__Chicago),
    ("Mountain Standard Time", Tz::America__Denver),
    ("US Mountain Standard Time", Tz::America__Phoenix),
    ("Pacific Standard Time", Tz::America__Los_Angeles),
    ("Alaskan Standard Time", Tz::America__Anchorage),
    ("Hawaiian Standard Time", Tz::Pacific__Honolulu),
];

/// The time zone with this name, case-insensitively.
pub(crate) fn find(name: &str) -> Option<Tz> {
    let windows = WINDOWS
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name));
    // The service takes the names of IANA, but not these abbreviations.
    let abbreviation = ["EST", "MST", "HST"]
        .iter()
        .any(|one| one.eq_ignore_ascii_case(name));
    if abbreviation {
        return None;
    }
    windows
        .map(|(_, zone)| *zone)
        .or_else(|| Tz::from_str_insensitive(name).ok())
}

/// The instant of a local time. A time that does not exist in spring is an hour later; of the two
/// equal times in autumn the first one counts.
pub(crate) fn instant(local: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => at.to_utc(),
        LocalResult::None => {
            let earlier = local - TimeDelta::hours(1);
            let shifted = zone
                .from_local_datetime(&earlier)
                .earliest()
                .map(|at| at.to_utc());
            shifted.map_or_else(|| local.and_utc(), |at| at + TimeDelta::hours(1))
        }
    }
}

/// The local time of an instant.
pub(crate) fn local(at: DateTime<Utc>, zone: Tz) -> NaiveDateTime {
    at.with_timezone(&zone).naive_local()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_by_both_names_and_the_hour_that_does_not_exist() {
        assert_eq!(find("w. europe standard time"), Some(Tz::Europe__Berlin));
        assert_eq!(find("Europe/Amsterdam"), Some(Tz::Europe__Amsterdam));
        assert_eq!(find("Nowhere/City"), None);
        let gap = "2026-03-29T02:30:00".parse().unwrap();
        assert_eq!(
            instant(gap, Tz::Europe__Berlin).to_rfc3339(),
            "2026-03-29T01:30:00+00:00"
        );
        let summer = "2026-04-03T09:00:00".parse().unwrap();
        assert_eq!(
            instant(summer, Tz::Europe__Berlin).to_rfc3339(),
            "2026-04-03T07:00:00+00:00"
        );
    }
}
