//! Countries and languages: codes, and what people write in their place.

use rules::codes;
use rules::domain::{Country, Language, normal_form};

use super::reading::{Datum, Reading};

/// Reads a country's two-letter code.
pub(super) fn country(text: &str) -> Reading {
    match Country::parse(text) {
        Some(code) if code.as_str() == text => Reading::of(Datum::Text(text.to_owned())),
        Some(code) => {
            Reading::by(&codes::CASE_CHANGED, "codes of countries are capital letters", Datum::Text(code.to_string()))
        }
        None => Reading::ask(
            &codes::UNKNOWN_CODE,
            "no country has this code",
            meant_country(text).unwrap_or_default(),
            None,
        ),
    }
}

/// The country that a name or another code means.
pub(super) fn meant_country(text: &str) -> Option<String> {
    let form = normal_form(text);
    const OTHERS: &[(&str, &str)] = &[
        ("uk", "GB"),
        ("greatbritain", "GB"),
        ("unitedkingdom", "GB"),
        ("england", "GB"),
        ("scotland", "GB"),
        ("wales", "GB"),
        ("usa", "US"),
        ("unitedstates", "US"),
        ("america", "US"),
        ("deutschland", "DE"),
        ("allemagne", "DE"),
        ("alemania", "DE"),
        ("frankreich", "FR"),
        ("francia", "FR"),
        ("spanien", "ES"),
        ("espana", "ES"),
        ("espagne", "ES"),
        ("italien", "IT"),
        ("italia", "IT"),
        ("schweiz", "CH"),
        ("suisse", "CH"),
        ("svizzera", "CH"),
        ("osterreich", "AT"),
        ("autriche", "AT"),
        ("niederlande", "NL"),
        ("holland", "NL"),
        ("nederland", "NL"),
        ("danmark", "DK"),
        ("danemark", "DK"),
        ("norge", "NO"),
        ("norwegen", "NO"),
        ("sverige", "SE"),
        ("schweden", "SE"),
        ("suomi", "FI"),
        ("belgique", "BE"),
        ("belgien", "BE"),
        ("brasil", "BR"),
        ("brasilien", "BR"),
        ("korea", "KR"),
        ("southkorea", "KR"),
        ("russia", "RU"),
        ("czechrepublic", "CZ"),
        ("czechia", "CZ"),
        ("turkey", "TR"),
        ("turkiye", "TR"),
        ("vietnam", "VN"),
        ("taiwan", "TW"),
        ("uae", "AE"),
        ("iran", "IR"),
        ("el", "GR"),
        ("greece", "GR"),
        ("nippon", "JP"),
        ("tanzania", "TZ"),
        ("bolivia", "BO"),
        ("venezuela", "VE"),
        ("moldova", "MD"),
        ("laos", "LA"),
        ("syria", "SY"),
        ("palestine", "PS"),
        ("ivorycoast", "CI"),
        ("griechenland", "GR"),
        ("agypten", "EG"),
        ("indien", "IN"),
        ("mexiko", "MX"),
    ];
    if let Some((_, code)) = OTHERS.iter().find(|(name, _)| *name == form) {
        return Some((*code).to_owned());
    }
    if let Some(found) = rust_iso3166::from_alpha3(&text.to_uppercase()) {
        return Some(found.alpha2.to_owned());
    }
    let names = rust_iso3166::ALL.iter().filter(|country| {
        let first = country.name.split([',', '(']).next().unwrap_or_default();
        normal_form(country.name) == form || normal_form(first) == form
    });
    let mut codes: Vec<&str> = names.map(|country| country.alpha2).collect();
    codes.dedup();
    match codes[..] {
        [only] => Some(only.to_owned()),
        // `Munich, Germany`
        [] => text.rsplit_once(',').and_then(|(_, last)| meant_country(last.trim())),
        _ => None,
    }
}

/// The language that a name, or a country's code in the place of a language's, means.
pub(super) fn meant_language(text: &str) -> Option<String> {
    let form = normal_form(text);
    const OTHERS: &[(&str, &str)] = &[
        ("jp", "ja"),
        ("cn", "zh"),
        ("tw", "zh"),
        ("kr", "ko"),
        ("cz", "cs"),
        ("dk", "da"),
        ("gr", "el"),
        ("us", "en"),
        ("gb", "en"),
        ("at", "de"),
        ("vn", "vi"),
        ("ua", "uk"),
        ("deutsch", "de"),
        ("allemand", "de"),
        ("aleman", "de"),
        ("englisch", "en"),
        ("anglais", "en"),
        ("ingles", "en"),
        ("francais", "fr"),
        ("franzosisch", "fr"),
        ("frances", "fr"),
        ("espanol", "es"),
        ("castellano", "es"),
        ("spanisch", "es"),
        ("espagnol", "es"),
        ("castilian", "es"),
        ("italiano", "it"),
        ("italienisch", "it"),
        ("portugues", "pt"),
        ("portugiesisch", "pt"),
        ("chinesisch", "zh"),
        ("mandarin", "zh"),
        ("mandarinchinese", "zh"),
        ("japanisch", "ja"),
        ("koreanisch", "ko"),
        ("russisch", "ru"),
        ("arabisch", "ar"),
        ("hebraisch", "he"),
        ("greek", "el"),
        ("farsi", "fa"),
        ("flemish", "nl"),
        ("dansk", "da"),
        ("norsk", "no"),
        ("svenska", "sv"),
        ("punjabi", "pa"),
        ("bangla", "bn"),
        ("日本語", "ja"),
        ("中文", "zh"),
        ("한국어", "ko"),
        ("русскии", "ru"),
    ];
    if let Some((_, code)) = OTHERS.iter().find(|(name, _)| *name == form) {
        return Some((*code).to_owned());
    }
    let named = isolang::Language::match_names(move |name| {
        let first = name.split(['(', ';']).next().unwrap_or_default();
        normal_form(first) == form
    });
    // Of several the one that has a short code: Greek is not Ancient Greek.
    let short: Vec<&'static str> = named.filter_map(|language| language.to_639_1()).collect();
    match short[..] {
        [only] => Some(only.to_owned()),
        _ => None,
    }
}

/// Whether a text is the tag of a language.
pub(super) fn is_language(text: &str) -> bool {
    Language::parse(text).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_are_proposed_for_names_and_other_codes() {
        for (text, code) in [
            ("UK", "GB"),
            ("Germany", "DE"),
            ("NAM", "NA"),
            ("Munich, Germany", "DE"),
            ("Deutschland", "DE"),
            ("USA", "US"),
            ("Korea (Republic of)", "KR"),
        ] {
            assert_eq!(meant_country(text).as_deref(), Some(code), "{text}");
        }
        assert_eq!(meant_country("XX"), None);
        assert!(country("UK").is_open() && !country("de").is_open());
    }

    #[test]
    fn languages_are_proposed_for_names_and_codes_of_countries() {
        for (text, code) in [
            ("jp", "ja"),
            ("cn", "zh"),
            ("English", "en"),
            ("Armenian", "hy"),
            ("Deutsch", "de"),
            ("Modern Greek", "el"),
            ("Japanese", "ja"),
        ] {
            assert_eq!(meant_language(text).as_deref(), Some(code), "{text}");
        }
        assert_eq!(meant_language("zz"), None);
        assert!(is_language("eng") && is_language("uk-UA") && !is_language("xx") && !is_language("jp"));
    }
}
