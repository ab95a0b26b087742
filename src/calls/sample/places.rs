//! Countries of the sample: invented demand, real codes.

use wire::pb::LanguageLevel::{self, A2, B1, B2};

/// A country that takes part.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// ISO 3166-1 alpha-2.
    pub country: &'static str,
    /// For people.
    pub name: &'static str,
    /// The language its program asks undergraduates for, or that is spoken.
    pub language: &'static str,
    /// The level it asks for; `None` = it asks for none.
    pub level: Option<LanguageLevel>,
    /// Where its hosts are.
    pub cities: &'static [&'static str],
}

const fn place(
    country: &'static str,
    name: &'static str,
    language: &'static str,
    level: Option<LanguageLevel>,
    cities: &'static [&'static str],
) -> Place {
    Place { country, name, language, level, cities }
}

/// The countries, the popular ones first.
pub(super) static PLACES: [Place; 25] = [
    place("JP", "Japan", "ja", Some(B1), &["Kyoto", "Sendai", "Tsukuba"]),
    place("DE", "Germany", "de", Some(A2), &["Dresden", "Bremen", "Ulm"]),
    place("IL", "Israel", "he", None, &["Haifa", "Rehovot"]),
    place("ES", "Spain", "es", Some(B1), &["Sevilla", "Bilbao"]),
    place("IT", "Italy", "it", None, &["Torino", "Pisa"]),
    place("FR", "France", "fr", Some(B1), &["Lyon", "Grenoble"]),
    place("GB", "United Kingdom", "en", None, &["Leeds", "Bristol"]),
    place("CH", "Switzerland", "de", None, &["Basel", "Lausanne"]),
    place("IN", "India", "hi", None, &["Pune", "Bengaluru"]),
    place("KR", "Korea", "ko", Some(A2), &["Daejeon", "Busan"]),
    place("BR", "Brazil", "pt", Some(B1), &["Campinas", "Recife"]),
    place("MX", "Mexico", "es", Some(B1), &["Monterrey", "Puebla"]),
    place("CL", "Chile", "es", Some(B1), &["Valparaíso", "Concepción"]),
    place("SG", "Singapore", "en", None, &["Singapore"]),
    place("NL", "Netherlands", "nl", None, &["Delft", "Utrecht"]),
    place("BE", "Belgium", "fr", Some(A2), &["Leuven", "Liège"]),
    place("DK", "Denmark", "da", None, &["Aarhus", "Odense"]),
    place("PT", "Portugal", "pt", Some(A2), &["Porto", "Braga"]),
    place("PE", "Peru", "es", Some(B2), &["Arequipa", "Lima"]),
    place("AR", "Argentina", "es", Some(B2), &["Rosario", "Mendoza"]),
    place("ZA", "South Africa", "en", None, &["Durban", "Stellenbosch"]),
    place("KE", "Kenya", "en", None, &["Nairobi", "Kisumu"]),
    place("AU", "Australia", "en", None, &["Hobart", "Adelaide"]),
    place("NZ", "New Zealand", "en", None, &["Dunedin", "Hamilton"]),
    place("JO", "Jordan", "ar", Some(A2), &["Amman", "Irbid"]),
];
